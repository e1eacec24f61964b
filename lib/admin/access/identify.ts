import { cookies, headers } from 'next/headers.js'
import { adminAuthorization } from '../../request/authorize.ts'
import { isSecure, sessionCookieName } from './cookie.ts'
import { entrance } from './entrance.ts'
import type { Entrance } from './entrance-hint.ts'
import { isSession } from './tokens.ts'
import { warnUnavailable } from './unavailable.ts'

/**
 * Returns the actor of this request for the log, or the way to sign in if access is denied. The page calls it, and each
 * action calls it again: an action is an address of its own, which a client can call without the page. Nobody is let in
 * while the session cannot be looked up in Postgres.
 */
export async function identify(): Promise<{ actor: string } | { closed: Entrance }> {
  // First, read the request: otherwise the page would be prerendered and shown to everybody.
  const jar = await cookies()
  const session = jar.get(sessionCookieName(isSecure(await headers())))?.value
  const closed = entrance()
  const authorize = adminAuthorization()
  if (authorize) {
    const actor = await authorize()
    return actor ? { actor } : { closed }
  }
  try {
    return (await isSession(session)) ? { actor: 'admin' } : { closed }
  } catch (error) {
    warnUnavailable(error)
    return { closed: 'unavailable' }
  }
}
