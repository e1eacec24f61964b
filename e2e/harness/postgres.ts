import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { ensurePostgres } from '../../scripts/postgres/ensure-postgres.ts'
import { removePostgres } from '../../scripts/postgres/remove-postgres.ts'

/** A Postgres for one run of tests, in a folder of its own. */
export interface TestPostgres {
  readonly url: string
  /** The file of its log, whose lines begin with the database and the application. */
  readonly log: string
  readonly sql: Sql
  stop(): Promise<void>
}

export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-test-'))
  const server = await ensurePostgres({ dataFolder: folder, durable: false })
  // Somebody has to stay connected, or the server would stop between two tests.
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  await sql`alter system set log_line_prefix = '%d|%a|'`
  await sql`select pg_reload_conf()`
  return {
    url: server.url,
    log: join(server.folder, 'postgres.log'),
    sql,
    async stop() {
      await sql.end({ timeout: 5 })
      await removePostgres(server)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
