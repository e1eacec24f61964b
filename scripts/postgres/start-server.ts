import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openLog } from './log.ts'
import type { Plan } from './plan.ts'
import { choosePort, rememberPort } from './port.ts'
import { findServer, removeStalePidFile, type Server } from './server.ts'
import { until } from './until.ts'

const attempts = 10

/**
 * Starts Postgres, or answers with the one that is there already. Postgres itself refuses to be a second one
 * on the same data, so of several that start at once one wins and the others find it here.
 */
export async function startServer(plan: Plan): Promise<Server> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const server = (await findServer(plan.place.data)) ? await settle(plan) : await tryToStart(plan)
    if (server) return server
    // It lost its port to another program, or processes of a killed Postgres still hold its shared memory.
    await delay(300)
  }
  throw new Error(
    `[cache-versions] Postgres did not start in ${attempts} attempts. The reason is at the end of "${logFile(plan)}".`,
  )
}

async function tryToStart(plan: Plan): Promise<Server | undefined> {
  await removeStalePidFile(plan.place.data)
  const port = await choosePort(plan)
  const child = spawnServer(plan, port)
  try {
    const server = await settle(plan, child)
    if (server?.pid === child.pid) await rememberPort(plan.place, port)
    return server
  } catch (error) {
    child.kill('SIGQUIT')
    throw error
  }
}

/** Answers when a server is ready, or with undefined when there is none and none will come from `child`. */
async function settle({ place }: Plan, child?: ChildProcess): Promise<Server | undefined> {
  const server = await until('Postgres to accept connections', 60, async () => {
    const exited = !child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined
    const found = await findServer(place.data)
    if (found?.ready) return found
    return exited && !found ? 'none' : undefined
  })
  return server === 'none' ? undefined : server
}

function spawnServer(plan: Plan, port: number): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    // No socket file to leave behind, and no limit of 107 characters on the folder's name.
    unix_socket_directories: '',
    max_connections: 200,
    // Off unless set; a test prepares a transaction.
    max_prepared_transactions: 10,
    ...(plan.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openLog(logFile(plan))
  const child = spawn(plan.program, ['-D', plan.place.data, ...options], {
    ...plan.place.owner,
    cwd: plan.place.data,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.once('error', (error) => console.error(error))
  return child
}

function logFile({ place }: Plan): string {
  return join(place.folder, 'postgres.log')
}
