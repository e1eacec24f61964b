import { isIP } from 'node:net'
import { cookies } from 'next/headers.js'
import type { NextRequest } from 'next/server.js'
import { isSecure, sessionCookieName } from './cookie.ts'
import type { Guesser } from './guesses.ts'
import { knownBrowser, knownBrowserCookieName } from './known-browser.ts'

/** Returns the session that the browser claims. */
export async function sessionOf(request: NextRequest): Promise<string | undefined> {
  return (await cookies()).get(sessionCookieName(isSecure(request.headers)))?.value
}

export async function guesserOf(request: NextRequest): Promise<Guesser> {
  const browser = knownBrowser((await cookies()).get(knownBrowserCookieName)?.value)
  return browser ? { browser } : { address: addressOf(request) }
}

/**
 * Returns the address that the nearest proxy saw, or else Next. Where no proxy sets the header, a client may claim any.
 */
export function addressOf(request: NextRequest): string {
  const last = request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? ''
  // Node prefixes an IPv4 address where it listens on IPv6 as well.
  const address = last.replace(/^::ffff:/, '')
  return isIP(address) ? address : 'an unknown address'
}

/**
 * Returns the path of the page, which is the parent of the session route. It is relative, so that it stays on this host
 * and works under a base path, which Next does not tell a route handler.
 */
export function pagePath(request: NextRequest): string {
  const [own, parent = ''] = request.nextUrl.pathname.split('/').reverse()
  return own === '' ? '../' : `../${parent}`
}

/** Whether it is a prefetch or a HEAD request, which must not spend the token. */
export function isOnlyLooking(request: NextRequest): boolean {
  const purpose = `${request.headers.get('sec-purpose')} ${request.headers.get('purpose')}`
  return request.method === 'HEAD' || purpose.includes('prefetch')
}
