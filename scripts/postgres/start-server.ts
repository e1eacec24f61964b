import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { hasExited } from '../processes/process.ts'
import { until } from '../until.ts'
import { findBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import { endOfLog, openLog } from './log.ts'
import type { Place } from './place.ts'
import { findServer, removeStalePidFile, type Server } from './server.ts'

export interface ServerOptions {
  /** The port to begin with, if it is free. A data folder that has run before keeps the port it had. */
  port?: number
  /** False trades safety against a crash for speed, for tests. A server that runs already stays as it was started. */
  durable: boolean
  /** True for one that Ctrl-C stops together with its starter, where no keeper will. */
  attached?: boolean
}

const attempts = 6

/**
 * Starts Postgres, or returns the one that another process has started meanwhile: Postgres itself refuses to be a second
 * one on the same data. It outlives this process.
 */
export async function startServer(place: Place, options: ServerOptions): Promise<Server> {
  const { initdb, postgres } = await findBinaries(place.owner)
  await ensureCluster(place, initdb)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    // It lost its port to another program, or processes of a killed Postgres still hold its shared memory.
    if (attempt > 0) await delay(200)
    await removeStalePidFile(place.data)
    const child = await spawnServer(postgres, place, options)
    const server = await until('Postgres to accept connections', 60, async () => {
      const found = await findServer(place.data)
      return found?.ready ? found : !found && hasExited(child) ? 'none' : undefined
    })
    if (server === 'none') continue
    await writeFile(portFile(place), `${server.port}\n`)
    return server
  }
  throw new Error(
    `[cache-versions] Postgres in "${place.folder}" did not start. Its log ends with:\n${endOfLog(place.folder)}`,
  )
}

async function spawnServer(
  program: string,
  place: Place,
  { port = 0, durable, attached = false }: ServerOptions,
): Promise<ChildProcess> {
  // That of the last time, so that the URL stays what it was.
  const remembered = Number(await readFile(portFile(place), 'utf8').catch(() => 0))
  const settings = {
    listen_addresses: '127.0.0.1',
    port: await freePort([remembered, port].filter(Boolean), '127.0.0.1'),
    // No socket file to leave behind, and no limit of 107 characters on the folder's name.
    unix_socket_directories: '',
    max_connections: 200,
    // Off unless set; a test prepares a transaction.
    max_prepared_transactions: 10,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const log = openLog(place.folder)
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(program, ['-D', place.data, ...args], {
    ...place.owner,
    cwd: place.data,
    detached: !attached,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.once('error', (error) => console.error(error))
  child.unref()
  return child
}

function portFile({ folder }: Place): string {
  return join(folder, 'port')
}
