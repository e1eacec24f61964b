import { processState } from '../core/process-state.ts'

/**
 * Says who makes a request of the admin page: the name that the log shows as the actor, or `null` for somebody who
 * may not use it. It runs in each request and in each action, so it may read cookies and headers.
 */
export type AuthorizeCacheAdmin = () => Promise<string | null> | string | null

/**
 * Lets the app's own sessions decide who may use the admin page, instead of the token. Call it in `register()` of
 * `instrumentation.ts`, which runs before the first request: an action may be the first thing a server is asked.
 */
export function authorizeCacheAdmin(authorize: AuthorizeCacheAdmin): void {
  processState().authorizeAdmin = authorize
}

export function adminAuthorization(): AuthorizeCacheAdmin | undefined {
  return processState().authorizeAdmin as AuthorizeCacheAdmin | undefined
}
