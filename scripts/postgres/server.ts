import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLineOf, isAlive } from '../processes/process.ts'

/** A Postgres that runs on a data folder, as its `postmaster.pid` tells. */
export interface Server {
  pid: number
  port: number
  /** False while it starts, recovers or stops. */
  ready: boolean
}

/** Finds the living server of a data folder. A file left by a dead one counts for nothing. */
export async function findServer(data: string): Promise<Server | undefined> {
  const server = parse(await readPidFile(data))
  return server && isServerOf(data, server.pid) ? server : undefined
}

/**
 * Removes the `postmaster.pid` of a server that is no more. Postgres does so itself, except where the process
 * id is still in use: by another program, or by a zombie that nobody reaps.
 */
export async function removeStalePidFile(data: string): Promise<void> {
  const file = pidFile(data)
  const content = await readPidFile(data)
  if (content === undefined || (await findServer(data)) || (await isBeingWritten(data, content))) return

  // Another process may have done the same and started a server since: take the file aside before looking
  // again.
  const aside = `${file}.${randomBytes(4).toString('hex')}`
  await rename(file, aside).catch(() => undefined)
  const taken = await readFile(aside, 'utf8').catch(() => content)
  if (taken !== content) await link(aside, file).catch(() => undefined)
  await rm(aside, { force: true })
}

function pidFile(data: string): string {
  return join(data, 'postmaster.pid')
}

async function readPidFile(data: string): Promise<string | undefined> {
  return readFile(pidFile(data), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

/**
 * The lines are: process id, data folder, start time, port, socket folder, address, shared memory, status.
 */
function parse(content: string | undefined): Server | undefined {
  const lines = content?.split('\n') ?? []
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

async function isBeingWritten(data: string, content: string): Promise<boolean> {
  if (content !== '') return false
  const written = await stat(pidFile(data)).catch(() => undefined)
  return written !== undefined && Date.now() - written.mtimeMs < 5000
}

/** A process id alone proves nothing: it may have gone to another program since. */
export function isServerOf(data: string, pid: number): boolean {
  return process.platform === 'win32' ? isAlive(pid) : commandLineOf(pid).includes(`-D ${data} `)
}
