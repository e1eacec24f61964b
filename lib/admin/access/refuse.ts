import type { NextRequest } from 'next/server.js'
import { documentStyles } from './document-styles.ts'
import { entrance } from './entrance.ts'
import { type Refusal, refusalDocument } from './refusal-document.ts'
import { isSession } from './tokens.ts'
import { pagePath, sessionOf } from './visitor.ts'

export const commonHeaders = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
}

const statusOf: Record<Refusal, number> = {
  app: 401,
  wrong: 401,
  'not-a-link': 401,
  'too-many': 429,
  unavailable: 503,
  'still-signed-in': 503,
}

/** Returns the response to a failed sign-in or sign-out. */
export async function refuse(
  request: NextRequest,
  why: Exclude<Refusal, 'too-many'> | { retryAfter: number },
): Promise<Response> {
  const refusal = typeof why === 'string' ? why : 'too-many'
  const status = statusOf[refusal]
  const signedIn = status !== 503 && refusal !== 'app' && (await isSignedIn(request))
  const document = refusalDocument({
    refusal,
    entrance: entrance(),
    ...(signedIn ? { page: pagePath(request) } : {}),
  })
  return new Response(document, {
    status,
    headers: {
      ...commonHeaders,
      ...(typeof why === 'string' ? {} : { 'Retry-After': String(why.retryAfter) }),
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'X-Robots-Tag': 'noindex',
    },
  })
}

/** Returns the styles of those responses, as a file because a strict Content-Security-Policy allows no inline style. */
export function stylesheet(): Response {
  return new Response(documentStyles, {
    headers: {
      'Content-Type': 'text/css; charset=utf-8',
      'Cache-Control': 'public, max-age=600',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

async function isSignedIn(request: NextRequest): Promise<boolean> {
  return await isSession(await sessionOf(request)).catch(() => false)
}
