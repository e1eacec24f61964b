import type { NextRequest } from 'next/server.js'
import { adminAuthorization } from '../request/authorize.ts'
import { configuredToken, isConfiguredToken } from './access/configured-token.ts'
import { isSecure, sessionCookie } from './access/cookie.ts'
import { countWrongGuess, secondsUntilGuess } from './access/guesses.ts'
import { knownBrowserCookie } from './access/known-browser.ts'
import { readForm } from './access/read-form.ts'
import { commonHeaders, refuse, stylesheet } from './access/refuse.ts'
import { beginSession, endSession, exchangeOneTimeToken, looksOneTime } from './access/tokens.ts'
import { warnUnavailable } from './access/unavailable.ts'
import { addressOf, guesserOf, isOnlyLooking, pagePath, sessionOf } from './access/visitor.ts'
import { warnSeldom } from './access/warn-seldom.ts'

/** Signs in by a link with a one-time token, `…/session?token=…`, and redirects to the page. */
export async function GET(request: NextRequest): Promise<Response> {
  const { searchParams } = request.nextUrl
  if (searchParams.has('style')) return stylesheet()
  if (isOnlyLooking(request)) return new Response(null, { status: 503, headers: commonHeaders })
  const token = searchParams.get('token')
  if (token === null) return toPage(request)
  if (adminAuthorization()) return await refuse(request, 'app')
  // Logs and histories keep addresses, so the configured token is not even compared here.
  if (!looksOneTime(token)) return await refuse(request, 'not-a-link')
  return await signIn(request, token)
}

/** Handles the sign-in form, field `token`, and the sign-out form, field `intent`. */
export async function POST(request: NextRequest): Promise<Response> {
  const form = await readForm(request)
  if (form?.get('intent') === 'sign-out') return await signOut(request)
  // With the app's own sessions a token does not sign in.
  if (adminAuthorization()) return await refuse(request, 'app')
  return await signIn(request, form?.get('token') ?? '')
}

async function signIn(request: NextRequest, token: string): Promise<Response> {
  try {
    return looksOneTime(token)
      ? await signInWithOneTimeToken(request, token)
      : await signInWithConfiguredToken(request, token)
  } catch (error) {
    warnUnavailable(error)
    return await refuse(request, 'unavailable')
  }
}

/** It is too random to be guessed, so it has no limit, and signs in while strangers guess. */
async function signInWithOneTimeToken(request: NextRequest, token: string): Promise<Response> {
  const session = await exchangeOneTimeToken(token, await sessionOf(request))
  if (!session) {
    warnOfWrongToken(request)
    return await refuse(request, 'wrong')
  }
  return toPage(request, [sessionCookie(session, { secure: isSecure(request.headers) })])
}

async function signInWithConfiguredToken(request: NextRequest, token: string): Promise<Response> {
  const guesser = await guesserOf(request)
  // Nothing is awaited between the check and the count, so concurrent guesses are counted one by one.
  const retryAfter = secondsUntilGuess(guesser)
  if (retryAfter > 0 || !isConfiguredToken(token)) {
    if (retryAfter === 0) countWrongGuess(guesser)
    warnOfWrongToken(request)
    return await refuse(request, retryAfter > 0 ? { retryAfter } : 'wrong')
  }
  const secure = isSecure(request.headers)
  const session = await beginSession(await sessionOf(request))
  return toPage(request, [sessionCookie(session, { secure }), knownBrowserCookie({ secure })])
}

async function signOut(request: NextRequest): Promise<Response> {
  const session = await sessionOf(request)
  // A form of another site is sent without the cookie, and so signs nobody out.
  if (session === undefined) return toPage(request)
  try {
    await endSession(session)
    return toPage(request, [sessionCookie('', { secure: isSecure(request.headers) })])
  } catch (error) {
    warnUnavailable(error)
    return await refuse(request, 'still-signed-in')
  }
}

function toPage(request: NextRequest, setCookies: readonly string[] = []): Response {
  const headers = new Headers({ ...commonHeaders, Location: pagePath(request) })
  for (const cookie of setCookies) headers.append('Set-Cookie', cookie)
  return new Response(null, { status: 303, headers })
}

function warnOfWrongToken(request: NextRequest): void {
  warnSeldom('wrong-token', (times) => {
    const tokens = times === 1 ? 'A wrong token was' : `${times} wrong tokens were`
    const remedy =
      configuredToken() === 'set'
        ? ' If they are not yours, see that CACHE_VERSIONS_ADMIN_TOKEN is random: openssl rand -base64 24'
        : ''
    return `${tokens} sent to the sign-in of the admin page, the last from ${addressOf(request)}. Those of the next minute are counted, not logged.${remedy}`
  })
}
