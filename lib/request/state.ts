import { headers } from 'next/headers.js'
import { slot } from '../base/slot.ts'
import type { CacheVersions } from '../versions/register.ts'

/** The versions as one request knows them. */
export interface RequestState {
  /** The versions the request works with, once they are read. */
  snapshot?: Promise<CacheVersions> | undefined
  /** The request has invalidated, so the versions that the proxy read are too old. */
  written?: boolean
  /** An invalidation is in a transaction that may not have committed yet, so nothing read now may be kept. */
  uncommitted?: boolean
}

export type RequestHeaders = Awaited<ReturnType<typeof headers>>

const requests = slot('requests', () => new WeakMap<object, RequestState>())

/** Returns the state of the request with these headers. Next passes one headers object to all parts of a request. */
export function requestState(requestHeaders: RequestHeaders): RequestState {
  let state = requests.get(requestHeaders)
  if (!state) {
    state = {}
    requests.set(requestHeaders, state)
  }
  return state
}

/** Returns the state of the request this code serves, or `undefined` outside of one. */
export async function currentRequest(): Promise<RequestState | undefined> {
  let requestHeaders: Promise<RequestHeaders>
  try {
    requestHeaders = headers()
  } catch {
    return undefined
  }
  return requestState(await requestHeaders)
}
