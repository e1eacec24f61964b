import { CacheVersionsError } from '../base/error.ts'

/** The first that is set wins. */
export const databaseVariables = ['CACHE_VERSIONS_DATABASE_URL', 'DATABASE_URL'] as const

/**
 * The URL of the Postgres that holds the versions. `CACHE_VERSIONS_DATABASE_URL` wins over `DATABASE_URL`, for apps whose
 * usual database is a replica: versions must come from the primary.
 */
export function databaseUrl(): string {
  for (const variable of databaseVariables) {
    const url = process.env[variable]
    if (url) return url
  }
  throw new CacheVersionsError(
    'no-database-url',
    'No database is configured. Set DATABASE_URL to the Postgres that holds cache_versions.',
  )
}

/**
 * Refuses a URL that postgres.js would misread. A special character in the password ends the host early, and the rest
 * would be reported as a port or a name. So the error shows nothing of the URL, not even as a cause.
 *
 * @throws CacheVersionsError `invalid-config`, naming the variable that holds the URL.
 */
export function checkDatabaseUrl(url: string, variable = variableOf(url)): void {
  if (isReadable(url)) return
  throw new CacheVersionsError(
    'invalid-config',
    `${variable} is not a URL of Postgres. Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE and encode the special characters of the password: "/" is %2F, "#" is %23, "@" is %40, "%" is %25.`,
  )
}

function variableOf(url: string): string {
  return databaseVariables.find((name) => process.env[name] === url) ?? 'DATABASE_URL'
}

/** Users and hosts, a path, and a query, where no `@` comes too late to be the one before the hosts. */
const form = /^postgres(?:ql)?:\/\/([^/?#]*)(\/[^?#@]*)?(\?[^#@]*)?$/i

function isReadable(url: string): boolean {
  const authority = form.exec(url)?.[1]
  if (authority === undefined) return false
  // postgres.js takes the first "@" for the one before a list of hosts.
  if (authority.includes(',') && authority.split('@').length > 2) return false
  try {
    decodeURIComponent(url)
  } catch {
    return false
  }
  const [user, hosts = ''] = authority.includes('@') ? splitLast(authority) : ['', authority]
  return hosts.split(',').every((host) => URL.canParse(`postgres://${user}${host}`))
}

function splitLast(authority: string): [string, string] {
  const hosts = authority.lastIndexOf('@') + 1
  return [authority.slice(0, hosts), authority.slice(hosts)]
}
