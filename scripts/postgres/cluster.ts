import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { isAlive } from '../processes/process.ts'
import type { Binaries } from './binaries.ts'
import type { Place } from './place.ts'

/**
 * Makes the cluster of a place unless it is there. It is made aside and renamed whole, so processes that
 * start at once need no lock, and one that is killed leaves no half of a cluster.
 */
export async function ensureCluster(place: Place, binaries: Binaries): Promise<void> {
  const found = await versionOf(place.data)
  if (found === binaries.major) return
  if (found !== undefined) {
    throw new Error(
      `[cache-versions] The data in "${place.data}" is of Postgres ${found}, the installed one is ${binaries.major}. Remove that folder to begin anew.`,
    )
  }

  await removeAbandoned(place)
  const unfinished = `${place.data}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await mkdir(unfinished, { mode: 0o700 })
    if (place.owner) await chown(unfinished, place.owner.uid, place.owner.gid)
    await initdb(place, binaries, unfinished)
    await rename(unfinished, place.data)
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true })
    if ((await versionOf(place.data)) === undefined) throw cause
  }
}

async function versionOf(data: string): Promise<number | undefined> {
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined)
  return version === undefined ? undefined : Number.parseInt(version, 10)
}

async function initdb(place: Place, { initdb: program }: Binaries, data: string): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const child = spawn(program, ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', ...locale], {
    ...place.owner,
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 120_000,
  })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [status, complaint] = await Promise.all([exited, text(child.stderr)])
  if (status === 0) return
  throw new Error(
    `[cache-versions] Postgres could not make its data in "${place.folder}". Set DATABASE_URL to use a Postgres of yours.`,
    { cause: new Error(complaint.trim()) },
  )
}

/** What a killed start left: named after its process, which is gone. */
async function removeAbandoned(place: Place): Promise<void> {
  for (const name of await readdir(place.folder)) {
    const pid = name.startsWith(`${basename(place.data)}.`) ? Number(name.split('.')[1]) : undefined
    if (pid && !isAlive(pid)) await rm(join(place.folder, name), { recursive: true, force: true })
  }
}
