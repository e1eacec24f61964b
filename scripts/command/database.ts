import { databaseUrl } from '../postgres/database-url.ts'
import { project } from '../project.ts'
import { setting } from '../setting.ts'
import { CommandError } from './command-error.ts'

/** Points the package at the app's database: the configured one, or the embedded one, started if need be. */
export async function chooseDatabase(): Promise<void> {
  const own = setting('CACHE_VERSIONS_DATABASE_URL', project)
  if (own) process.env.CACHE_VERSIONS_DATABASE_URL = own
  else process.env.DATABASE_URL = (await databaseUrl()).url
  if (!/^postgres(ql)?:\/\//.test(configuredUrl())) throw unreadableUrl()
}

/** The error for a URL that cannot be one of Postgres. It may hold a password, so it is not shown. */
export function unreadableUrl(options?: ErrorOptions): CommandError {
  const variable = process.env.CACHE_VERSIONS_DATABASE_URL ? 'CACHE_VERSIONS_DATABASE_URL' : 'DATABASE_URL'
  return new CommandError(
    `${variable} is not the URL of a Postgres. Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password percent-encoded.`,
    options,
  )
}

function configuredUrl(): string {
  return process.env.CACHE_VERSIONS_DATABASE_URL || process.env.DATABASE_URL || ''
}

/** The host and port of the database in use. */
export function databaseAddress(): string {
  // Between the last @ and the path, so that lists of hosts are shown and passwords never are.
  const host = /^[a-z]+:\/\/(?:.*@)?([^/?@]+)/i.exec(configuredUrl())?.[1]
  if (!host) return 'the configured address'
  return /:\d+$/.test(host) ? host : `${host}:${process.env.PGPORT || 5432}`
}
