import { checkedUrl, databaseUrl } from '../postgres/database-url.ts'
import { project } from '../project.ts'
import { setting } from '../setting.ts'

/** Points the package at the app's database: the configured one, or the embedded one, started if need be. */
export async function chooseDatabase(): Promise<void> {
  const variable = 'CACHE_VERSIONS_DATABASE_URL'
  const own = setting(variable, project)
  if (own) process.env[variable] = checkedUrl(variable, own)
  else process.env.DATABASE_URL = (await databaseUrl()).url
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
