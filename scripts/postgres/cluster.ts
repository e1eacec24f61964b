import { execFile } from 'node:child_process'
import { chown } from 'node:fs/promises'
import { promisify } from 'node:util'
import { makeFolder } from '../make-folder.ts'
import { packageVariable } from './binaries.ts'
import type { Place } from './place.ts'

/** Makes the cluster of a place unless it is there. */
export async function ensureCluster({ folder, data, owner }: Place, initdb: string): Promise<void> {
  // Another version may be older than 17, which was the first to have a locale of its own.
  const builtin = process.env[packageVariable]
    ? []
    : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const locale = ['--encoding=UTF8', '--locale=C', ...builtin]
  await makeFolder(data, async (unfinished) => {
    if (owner) await chown(unfinished, owner.uid, owner.gid)
    const args = ['-D', unfinished, '-U', 'postgres', '-A', 'trust', '--no-sync', ...locale]
    await promisify(execFile)(initdb, args, { ...owner, cwd: unfinished, timeout: 120_000 })
  }).catch((cause: unknown) => {
    throw new Error(
      `[cache-versions] Postgres could not make its data in "${folder}". Set DATABASE_URL to use a Postgres of yours.`,
      { cause },
    )
  })
}
