import { lifetimeSeconds } from './tokens.ts'

/**
 * The name of the session cookie. Under https no other host of the domain can set it: browsers enforce that for
 * `__Host-`.
 */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-cache-versions-admin' : 'cache-versions-admin'
}

/** Returns the Set-Cookie header that begins a session, or ends it when the value is empty. */
export function sessionCookie(value: string, options: { secure: boolean }): string {
  return [
    `${sessionCookieName(options.secure)}=${value}`,
    'Path=/',
    `Max-Age=${value ? lifetimeSeconds : 0}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(options.secure ? ['Secure'] : []),
  ].join('; ')
}

/** Whether the browser uses https, by the header of the proxy in front, or else of Next. */
export function isSecure(headers: Pick<Headers, 'get'>): boolean {
  return headers.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https'
}
