import { cookies } from 'next/headers.js'
import type { NextRequest } from 'next/server.js'
import { adminAuthorization } from '../request/authorize.ts'
import { cookieName, sessionCookie, signSession, verifySession } from './cookie.ts'
import type { Door } from './door.ts'
import { readForm } from './read-form.ts'
import { signInDocument } from './sign-in-document.ts'
import { oneTimeToken, redeemToken, tokenKind } from './token.ts'

/** Opens the link that the server printed: `…/session?token=…` signs in and goes on to the page. */
export async function GET(request: NextRequest): Promise<Response> {
  const signedIn = verifySession((await cookies()).get(cookieName)?.value)
  if (isOnlyLooking(request)) return new Response(null, { status: 503, headers: commonHeaders })
  const token = request.nextUrl.searchParams.get('token')
  if (token === null) return toPage(request)
  return signIn(request, token, { signedIn })
}

/** Takes the sign-in form, field `token`, and the sign-out form, field `intent`. */
export async function POST(request: NextRequest): Promise<Response> {
  const signedIn = verifySession((await cookies()).get(cookieName)?.value)
  const form = await readForm(request)
  if (form?.get('intent') !== 'sign-out') return signIn(request, form?.get('token') ?? '', { signedIn })
  // A form of another site comes without the cookie, and so signs nobody out.
  return signedIn ? toPage(request, sessionCookie('', { secure: isSecure(request) })) : toPage(request)
}

function signIn(request: NextRequest, token: string, { signedIn }: { signedIn: boolean }): Response {
  // The app's own sessions decide, and a token is no way around them.
  if (adminAuthorization()) return unauthorized(request, { signedIn: false, kind: 'app' })
  if (!redeemToken(token)) return unauthorized(request, { signedIn, kind: tokenKind() })
  if (tokenKind() === 'one-time') printNextLink(request)
  const session = signSession()
  return session
    ? toPage(request, sessionCookie(session, { secure: isSecure(request) }))
    : unauthorized(request, { signedIn: false, kind: 'refused' })
}

const commonHeaders = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' }

function toPage(request: NextRequest, cookie?: string): Response {
  const headers = new Headers({ ...commonHeaders, Location: pagePath(request) })
  if (cookie) headers.set('Set-Cookie', cookie)
  return new Response(null, { status: 303, headers })
}

function unauthorized(request: NextRequest, about: { kind: Door; signedIn: boolean }): Response {
  const document = signInDocument({ ...about, page: pagePath(request) })
  return new Response(document, {
    status: 401,
    headers: { ...commonHeaders, 'Content-Type': 'text/html; charset=utf-8', 'X-Robots-Tag': 'noindex' },
  })
}

/**
 * The page, which is the parent of this route, as seen from here: relative, so that it stays on this host and holds
 * under a base path, which Next does not tell a route handler.
 */
function pagePath(request: NextRequest): string {
  const [own, parent = ''] = request.nextUrl.pathname.split('/').reverse()
  return own === '' ? '../' : `../${parent}`
}

/** A link that is prefetched, or asked for its headers only, must not spend the token. */
function isOnlyLooking(request: NextRequest): boolean {
  const purpose = `${request.headers.get('sec-purpose')} ${request.headers.get('purpose')}`
  return request.method === 'HEAD' || purpose.includes('prefetch')
}

function isSecure(request: NextRequest): boolean {
  const protocol = request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim()
  return (protocol ?? request.nextUrl.protocol.replace(':', '')) === 'https'
}

/** A client chooses its Host header, so only a loopback address is printed: a link elsewhere would give the token away. */
function printNextLink(request: NextRequest): void {
  // What next/link goes by; there is no public name for it.
  const basePath = process.env.__NEXT_ROUTER_BASEPATH ?? ''
  const host = request.headers.get('host') ?? ''
  const origin = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host) ? `http://${host}` : ''
  console.info(
    `[cache-versions] The sign-in link of the admin page was used. The next one: ${origin}${basePath}${request.nextUrl.pathname}?token=${oneTimeToken()}`,
  )
}
