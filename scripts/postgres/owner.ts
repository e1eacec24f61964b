import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

/** A user and group to run a program as. */
export interface Owner {
  uid: number
  gid: number
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** The user with no rights that every Unix has. */
export function nobody(): Owner {
  const entry = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m)
  return { uid: Number(entry?.[1] ?? 65534), gid: Number(entry?.[2] ?? 65534) }
}

export function ownerOf(path: string): Owner | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats && { uid: stats.uid, gid: stats.gid }
}

/** Asked by trying as that user: modes, groups, access lists and mounts all have a say. */
export function canEnter(folder: string, owner: Owner): boolean {
  const enter = ['-c', 'cd "$1"', 'sh', folder]
  return spawnSync('/bin/sh', enter, { ...owner, cwd: '/', stdio: 'ignore' }).status === 0
}

export function belongsToAnother(path: string, owner: Owner): Error {
  return new Error(
    `[cache-versions] "${path}" belongs to another user (uid ${owner.uid}). Run as that user, or remove it to begin anew.`,
  )
}
