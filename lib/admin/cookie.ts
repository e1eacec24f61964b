import { createHmac, timingSafeEqual } from 'node:crypto'
import { sessionKey } from './token.ts'

export const cookieName = 'cache-versions-admin'

const lifetimeSeconds = 12 * 60 * 60

/** Writes a session as the value of a cookie, `<expires>.<signature>`, or `undefined` when there can be none. */
export function signSession(now = Date.now()): string | undefined {
  const key = sessionKey()
  if (!key) return undefined
  const expires = String(Math.floor(now / 1000) + lifetimeSeconds)
  return `${expires}.${signature(key, expires).toString('base64url')}`
}

/** Whether the cookie is a session that this deployment signed and that has not ended. */
export function verifySession(value: string | undefined, now = Date.now()): boolean {
  const [, expires, signed] = /^(\d{1,15})\.([A-Za-z0-9_-]{43})$/.exec(value ?? '') ?? []
  const key = sessionKey()
  if (!expires || !signed || !key) return false
  if (!timingSafeEqual(Buffer.from(signed, 'base64url'), signature(key, expires))) return false
  return Number(expires) > now / 1000
}

/** The Set-Cookie header that begins a session, or ends it when the value is empty. */
export function sessionCookie(value: string, options: { secure: boolean }): string {
  const maxAge = value ? lifetimeSeconds : 0
  return [
    `${cookieName}=${value}`,
    'Path=/',
    `Max-Age=${maxAge}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(options.secure ? ['Secure'] : []),
  ].join('; ')
}

function signature(key: Buffer, expires: string): Buffer {
  return createHmac('sha256', key).update(expires).digest()
}
