import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { configuredToken } from './configured-token.ts'

/**
 * The cookie of a browser that has signed in with the configured token, `<id>.<signature>`. It grants nothing: it only
 * counts the browser's wrong tokens apart from those of strangers.
 *
 * See docs/decisions/0034-wrong-tokens-share-one-limit.md
 */
export const knownBrowserCookieName = 'cache-versions-admin-browser'

const lifetimeSeconds = 180 * 24 * 60 * 60

/** Returns the Set-Cookie header of that cookie, for the sign-in route and its siblings only. */
export function knownBrowserCookie(options: { secure: boolean }): string {
  const id = randomBytes(16).toString('base64url')
  return [
    `${knownBrowserCookieName}=${id}.${signature(id).toString('base64url')}`,
    `Max-Age=${lifetimeSeconds}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(options.secure ? ['Secure'] : []),
  ].join('; ')
}

/** Returns the id of the browser, if this deployment signed the cookie under the current token. */
export function knownBrowser(cookie: string | undefined): string | undefined {
  const [, id, signed] = /^([\w-]{22})\.([\w-]{43})$/.exec(cookie ?? '') ?? []
  if (!id || !signed || configuredToken() !== 'set') return undefined
  return timingSafeEqual(Buffer.from(signed, 'base64url'), signature(id)) ? id : undefined
}

function signature(id: string): Buffer {
  const token = process.env.CACHE_VERSIONS_ADMIN_TOKEN ?? ''
  const key = hkdfSync('sha256', token, '', 'next-cache-versions admin browser', 32)
  return createHmac('sha256', Buffer.from(key)).update(id).digest()
}
