import { cookies, headers } from 'next/headers.js'
import { adminAuthorization } from '../../request/authorize.ts'
import { isSecure, sessionCookieName } from './cookie.ts'
import { entrance } from './entrance.ts'
import type { Entrance } from './entrance-hint.ts'
import { isSession } from './tokens.ts'
import { warnUnavailable } from './unavailable.ts'

/**
 * Who makes this request: the name for the log, or for somebody who may not use the admin page, what would let him in.
 * The page asks it, and each action asks it again: an action is an address of its own, which nobody has to come to by
 * the page. Nobody is let in while Postgres cannot be asked for the session.
 */
export async function identify(): Promise<{ actor: string } | { closed: Entrance }> {
  // First, whatever decides: without a read of the request, a page would be prerendered and shown to everybody.
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
