import { join } from 'node:path'
import { project } from '../project.ts'
import { setting } from '../setting.ts'
import { ensurePostgres, type Postgres } from './ensure-postgres.ts'

export type Database = { url: string } & (
  | { source: 'DATABASE_URL' }
  | { source: 'embedded'; postgres: Postgres }
)

/**
 * Answers with the Postgres that `DATABASE_URL` names, or with the project's embedded one, started if need
 * be.
 */
export async function databaseUrl(): Promise<Database> {
  const url = setting('DATABASE_URL', project)
  if (url) return { url: checked(url), source: 'DATABASE_URL' }

  const postgres = await ensurePostgres({
    dataFolder: join(project, '.data/postgres'),
    port: 54329,
    durable: true,
  })
  return { url: postgres.url, source: 'embedded', postgres }
}

/** Repeats nothing of it, because a URL that is almost right holds a password. */
function checked(url: string): string {
  if (URL.canParse(url)) return url
  throw new Error(
    '[cache-versions] DATABASE_URL is not a URL. Write it as postgres://user:password@host:port/database.',
  )
}
