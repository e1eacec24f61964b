import { createHash } from 'node:crypto'
import { existsSync, lstatSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { belongsToAnother } from './owner.ts'

/**
 * Makes the stand-in for a path that Postgres cannot use where it is: a folder that everybody may enter and
 * that outlives a restart of the machine. The same path leads to the same folder.
 */
export async function shadowOf(path: string): Promise<string> {
  const base = existsSync('/var/tmp') ? '/var/tmp' : tmpdir()
  const me = process.getuid?.() ?? 0
  const hash = createHash('sha256').update(`${me} ${path}`).digest('hex').slice(0, 12)
  const shadow = join(base, `next-cache-versions-${hash}`)

  await mkdir(shadow, { recursive: true })
  // Everybody may write to the base, so somebody else may have laid this folder out.
  const stats = lstatSync(shadow)
  if (!stats.isDirectory() || stats.uid !== me) throw belongsToAnother(shadow, stats)
  await chmod(shadow, 0o755)
  return shadow
}
