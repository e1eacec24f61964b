import { type NextProxy, type NextRequest, NextResponse } from 'next/server.js'
import { goesOn, isOverride, overriddenHeaders, rewriteOf } from './internals/proxy-headers.ts'
import { handoverHeader, signHandover } from './request/handover.ts'
import { readCacheVersions } from './versions/read.ts'

/**
 * Returns a proxy that reads the versions once and hands them to the page, which then reads none. The app's own proxy,
 * if there is one, runs beside it, and its response is kept.
 *
 * It is optional. Use it when most of the matched requests read versions: any proxy costs a cheap route about half its
 * rate, so exclude static files in the matcher. While Postgres cannot be reached it hands over nothing, and pages that
 * need no version are served.
 */
export function withCacheVersions(proxy?: NextProxy): NextProxy {
  return async (request, event) => {
    const [response, handover] = await Promise.all([proxy?.(request, event), readHandover()])
    return handOver(request, response ?? NextResponse.next(), handover)
  }
}

async function readHandover(): Promise<string | undefined> {
  try {
    return signHandover(await readCacheVersions())
  } catch {
    // A page that needs a version reads it itself, and reports the error.
    return undefined
  }
}

/** Adds the versions to the request that Next goes on with, and removes what a client sent under their name. */
function handOver(request: NextRequest, response: Response, handover: string | undefined): Response {
  if (!goesOnHere(request, response)) return response
  // As the app's own proxy left them.
  const forwarded = overriddenHeaders(response) ?? new Headers(request.headers)
  if (handover) forwarded.set(handoverHeader, handover)
  else forwarded.delete(handoverHeader)

  const merged = new NextResponse(response.body, response)
  NextResponse.next({ request: { headers: forwarded } }).headers.forEach((value, name) => {
    if (isOverride(name)) merged.headers.set(name, value)
  })
  return merged
}

/** Whether a page of this server answers; another origin must not see the versions. */
function goesOnHere(request: NextRequest, response: Response): boolean {
  const rewrite = rewriteOf(response)
  if (rewrite) return new URL(rewrite, request.url).origin === request.nextUrl.origin
  return goesOn(response)
}
