import { headers } from 'next/headers.js'
import { slot } from '../base/slot.ts'
import type { CacheVersions } from '../versions/register.ts'

/** What one request knows of the versions. */
export interface RequestState {
  /** The versions the request works with, once they are read. */
  snapshot?: Promise<CacheVersions> | undefined
  /** The request has invalidated: what the proxy read is older than that. */
  written?: boolean
  /** An invalidation went into a transaction that may not have committed yet, so nothing read now may be kept. */
  uncommitted?: boolean
}

export type RequestHeaders = Awaited<ReturnType<typeof headers>>

const requests = slot('requests', () => new WeakMap<object, RequestState>())

/** The state of the request that these headers belong to. Next gives one headers object to all parts of a request. */
export function requestState(requestHeaders: RequestHeaders): RequestState {
  let state = requests.get(requestHeaders)
  if (!state) {
    state = {}
    requests.set(requestHeaders, state)
  }
  return state
}

/** The state of the request this code serves, or `undefined` outside of one. */
export async function currentRequest(): Promise<RequestState | undefined> {
  let requestHeaders: Promise<RequestHeaders>
  try {
    requestHeaders = headers()
  } catch {
    return undefined
  }
  return requestState(await requestHeaders)
}
