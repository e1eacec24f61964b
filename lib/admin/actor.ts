import { cookies } from 'next/headers.js'
import { adminAuthorization } from '../request/authorize.ts'
import { cookieName, verifySession } from './cookie.ts'

/**
 * Who makes this request: the name for the log, or `null` for somebody who may not use the admin page. The page asks
 * it, and each action asks it again: an action is an address of its own, which nobody has to come to by the page.
 */
export async function adminActor(): Promise<string | null> {
  // First, whatever decides: without a read of the request, a page would be prerendered and shown to everybody.
  const jar = await cookies()
  const authorize = adminAuthorization()
  if (authorize) return (await authorize()) || null
  return verifySession(jar.get(cookieName)?.value) ? 'admin' : null
}
