import { link, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLineOf } from '../processes/process.ts'
import { until } from '../until.ts'

/** A Postgres that runs on a data folder, as its `postmaster.pid` tells. */
export interface Server {
  pid: number
  port: number
  /** False while it starts, recovers or stops. A standby recovers all its life, and is ready when it answers. */
  ready: boolean
}

/** Finds the living server of a data folder. A file left by a dead one counts for nothing. */
export async function findServer(data: string): Promise<Server | undefined> {
  const server = await read(pidFile(data))
  return server && isServerOf(data, server.pid) ? server : undefined
}

/** Stops a server fast, then at once, then the hard way: it ends within half a minute in any case. */
export async function stopServer(data: string, pid: number): Promise<void> {
  const steps = { SIGINT: 15, SIGQUIT: 10, SIGKILL: 5 }
  for (const [signal, seconds] of Object.entries(steps)) {
    try {
      if (!isServerOf(data, pid)) return
      process.kill(pid, signal)
      await until('Postgres to stop', seconds, async () => (isServerOf(data, pid) ? undefined : true))
      return
    } catch {
      // It went in between, or it does not listen.
    }
  }
}

/**
 * Removes the `postmaster.pid` of a server that is no more. Postgres does so itself, except where the process id is still
 * in use: by another program, or by a zombie that nobody reaps.
 */
export async function removeStalePidFile(data: string): Promise<void> {
  const file = pidFile(data)
  if (!(await read(file)) || (await findServer(data))) return

  // Another process may have done the same and started a server since, so the file is looked at again when it is aside.
  const aside = `${file}.${process.pid}`
  await rename(file, aside).catch(() => {})
  const taken = await read(aside)
  if (taken && isServerOf(data, taken.pid)) await link(aside, file).catch(() => {})
  await rm(aside, { force: true })
}

function pidFile(data: string): string {
  return join(data, 'postmaster.pid')
}

/** The lines are: process id, data folder, start time, port, socket folder, address, shared memory, status. */
async function read(file: string): Promise<Server | undefined> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = content.split('\n')
  const pid = Number(lines[0])
  return pid > 0
    ? { pid, port: Number(lines[3]), ready: /^(ready|standby)\s*$/.test(lines[7] ?? '') }
    : undefined
}

/** A process id alone proves nothing: it may have gone to another program since. */
function isServerOf(data: string, pid: number): boolean {
  const commandLine = commandLineOf(pid)
  return process.platform === 'win32' ? commandLine !== '' : commandLine.includes(`-D ${data} `)
}
