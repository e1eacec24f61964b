import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { configuredToken } from './configured-token.ts'

/**
 * The cookie by which a browser that has signed in with the configured token is known later, `<id>.<signature>`. It
 * opens nothing: it only counts the browser's wrong tokens apart from those of strangers.
 *
 * See docs/decisions/0034-wrong-tokens-share-one-limit.md
 */
export const knownBrowserCookieName = 'cache-versions-admin-browser'

const lifetimeSeconds = 180 * 24 * 60 * 60

/** The Set-Cookie header that makes the browser known; it goes to the sign-in route and its siblings alone. */
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

/** The id of the browser whose cookie this is, if this deployment signed it under the token of today. */
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
