import { CacheVersionsError } from '../../base/error.ts'

/**
 * Returns the protocol to use with Redis.
 *
 * @throws CacheVersionsError `invalid-config` for what is no address of a Redis.
 */
export function redisProtocol(url: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  if (['https:', 'http:', 'redis:', 'rediss:'].includes(protocol)) return protocol
  throw new CacheVersionsError(
    'invalid-config',
    'The address of Redis is not a URL that begins with https://, redis:// or rediss://. Correct UPSTASH_REDIS_REST_URL or REDIS_URL.',
  )
}

/** The address of a plain Redis, and the commands that open a connection. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  /** Signs in and selects the database, if needed. */
  readonly greeting: readonly string[][]
}

/**
 * Parses `redis://user:password@host:port/database`, or `rediss:` for TLS.
 *
 * @throws CacheVersionsError `invalid-config` if part of the password may have been taken for another part of the URL,
 * which would then be shown.
 */
export function redisAddress(url: string): RedisAddress {
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(url)
  const database = pathname.slice(1)
  if (!/^\d*$/.test(database) || search.includes('@') || hash) throw misread()
  return {
    // A URL writes the address of IPv6 in brackets, which is not part of it.
    host: hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(port || 6379),
    secure: protocol === 'rediss:',
    greeting: [
      ...(password ? [['AUTH', ...(username ? [decode(username)] : []), decode(password)]] : []),
      ...(Number(database) > 0 ? [['SELECT', database]] : []),
    ],
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw misread()
  }
}

function misread(): CacheVersionsError {
  return new CacheVersionsError(
    'invalid-config',
    'The address of Redis is not redis://user:password@host:port/database. Write the characters / ? # @ and % of the user and the password as %2F %3F %23 %40 and %25.',
  )
}
