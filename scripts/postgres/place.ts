import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A user and group to run a program as. */
export interface Owner {
  uid: number
  gid: number
}

/** Where one embedded Postgres lives: the cluster in `data`, and beside it its log and its port. */
export interface Place {
  folder: string
  data: string
  /** The user Postgres runs as; without one, the user who starts it. */
  owner?: Owner
}

/** Postgres refuses to run as root, so root runs it as the user whom the data belongs to already, or as `nobody`. */
export async function findPlace(dataFolder: string): Promise<Place> {
  await mkdir(dataFolder, { recursive: true }).catch((cause: unknown) => {
    throw new Error(
      `[cache-versions] The folder "${dataFolder}" cannot be made. Let this user write there, or set DATABASE_URL.`,
      { cause },
    )
  })
  // A running Postgres is recognised by this path, so it needs one spelling.
  const folder = await realpath(dataFolder)
  if (process.getuid?.() === 0) return placeOfRoot(folder)

  const data = join(folder, 'data')
  const owner = statSync(data, { throwIfNoEntry: false })
  if (owner && process.getuid && owner.uid !== process.getuid()) throw belongsToAnother(data, owner)
  return { folder, data }
}

async function placeOfRoot(visible: string): Promise<Place> {
  // Under a umask of 077 the new folder is closed to everybody else.
  await chmod(visible, 0o755)
  const ownerIn = (folder: string) => statSync(join(folder, 'data'), { throwIfNoEntry: false }) ?? nobody()
  const folder = canEnter(visible, ownerIn(visible)) ? visible : await standIn(visible)
  const { uid, gid } = ownerIn(folder)
  return { folder, data: join(folder, 'data'), owner: { uid, gid } }
}

/** The user with no rights that every Unix has. */
function nobody(): Owner {
  const entry = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m)
  return { uid: Number(entry?.[1] ?? 65534), gid: Number(entry?.[2] ?? 65534) }
}

/** Asked by trying as that user: modes, groups, access lists and mounts all have a say. */
function canEnter(folder: string, { uid, gid }: Owner): boolean {
  const enter = ['-c', 'cd "$1"', 'sh', folder]
  return spawnSync('/bin/sh', enter, { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0
}

/**
 * Makes the stand-in for a path that Postgres cannot use where it is: a folder that everybody may enter and that outlives
 * a restart of the machine. The same path leads to the same folder.
 */
export async function standIn(path: string): Promise<string> {
  const base = existsSync('/var/tmp') ? '/var/tmp' : tmpdir()
  const me = process.getuid?.() ?? 0
  const hash = createHash('sha256').update(`${me} ${path}`).digest('hex').slice(0, 12)
  const folder = join(base, `next-cache-versions-${hash}`)

  await mkdir(folder, { recursive: true })
  // Everybody may write to the base, so somebody else may have laid this folder out.
  const stats = lstatSync(folder)
  if (!stats.isDirectory() || stats.uid !== me) throw belongsToAnother(folder, stats)
  await chmod(folder, 0o755)
  return folder
}

function belongsToAnother(path: string, { uid }: Owner): Error {
  return new Error(
    `[cache-versions] "${path}" belongs to another user (uid ${uid}). Run as that user, or remove it to begin anew.`,
  )
}
