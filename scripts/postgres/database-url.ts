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
  if (url) return { url: checkedUrl('DATABASE_URL', url), source: 'DATABASE_URL' }

  const postgres = await ensurePostgres({
    dataFolder: join(project, '.data/postgres'),
    port: 54329,
    durable: true,
  })
  return { url: postgres.url, source: 'embedded', postgres }
}

/** No special character of a password that would end the host too early, as the package has it. */
const form = /^postgres(ql)?:\/\/([^/?#%]|%[0-9a-f]{2})*(\/[^?#@]*)?(\?[^#@]*)?$/i

/** Repeats nothing of it, because a URL that is almost right holds a password. */
function checkedUrl(variable: string, url: string): string {
  if (form.test(url)) return url
  throw new Error(
    `[cache-versions] ${variable} is not a URL of Postgres. Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE and encode the special characters of the password: "/" is %2F, "#" is %23, "@" is %40, "%" is %25.`,
  )
}
