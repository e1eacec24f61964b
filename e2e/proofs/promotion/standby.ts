import { appendFile, chown, cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import postgres from 'postgres'
import { type OwnPostgres, ownPostgres } from '../own-postgres.ts'

/** Files that belong to the primary's process, or that a standby has from its primary. */
const left = /^(postmaster\.(pid|opts)|pg_wal\/.+|pg_replslot\/.+|pg_stat_tmp\/.+)$/

/** Makes a standby that streams from the primary, as pg_basebackup does. It is not started yet. No power fails here. */
export async function standbyOf(primary: OwnPostgres, url: string, folder: string): Promise<OwnPostgres> {
  const standby = await ownPostgres(folder, { durable: false })
  const { data, owner } = standby.place
  // The session has to stay until the end of the backup.
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    // A server keeps its log for the standby, from before the backup.
    await sql`alter system set wal_keep_size = '256MB'`
    await sql`select pg_reload_conf()`
    await sql`select pg_backup_start('standby', fast => true)`
    await mkdir(data, { mode: 0o700 })
    const isTaken = (path: string) => !left.test(relative(primary.place.data, path))
    await cp(primary.place.data, data, { recursive: true, filter: isTaken })
    const [backup] = await sql`select labelfile from pg_backup_stop(wait_for_archive => false)`
    await writeFile(join(data, 'backup_label'), backup?.labelfile)
  } finally {
    await sql.end()
  }
  await writeFile(join(data, 'standby.signal'), '')
  const { port, hostname } = new URL(url)
  const connection = `host=${hostname} port=${port} user=postgres`
  await appendFile(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${connection}'\n`)
  if (owner) {
    for (const path of ['.', ...(await readdir(data, { recursive: true }))])
      await chown(join(data, path), owner.uid, owner.gid)
  }
  return standby
}
