import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { slot } from '../base/slot.ts'
import type { CacheVersions } from '../versions/register.ts'

/** The request header in which the proxy hands the versions it read to the page. */
export const handoverHeader = 'x-cache-versions'

/** Proxy and pages of one server share a process, so a key made at start is enough. */
const key = slot('handover key', () => randomBytes(32))

/** The longest header to send: servers in between refuse longer ones, and the page can read the versions itself. */
const maxLength = 8192

/** Returns the versions with a signature that only this process can make, or `undefined` when they are too many. */
export function signHandover(versions: CacheVersions): string | undefined {
  const payload = Buffer.from(JSON.stringify(versions)).toString('base64url')
  const text = `${payload}.${signature(payload).toString('base64url')}`
  return text.length <= maxLength ? text : undefined
}

/**
 * Returns the versions that the proxy handed over. A client can send the same header where the proxy's matcher does not
 * reach. A header that fails the verification is `undefined`, and the versions are read from Postgres.
 */
export function verifyHandover(text: string | null): CacheVersions | undefined {
  const [payload, signed, ...rest] = text?.split('.') ?? []
  if (!payload || !signed || rest.length > 0) return undefined
  const given = Buffer.from(signed, 'base64url')
  const expected = signature(payload)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const versions: Record<string, string> = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return Object.freeze(Object.assign(Object.create(null), versions)) as CacheVersions
}

function signature(payload: string): Buffer {
  return createHmac('sha256', key).update(payload).digest()
}
