import { slot } from '../base/slot.ts'

/**
 * Returns the user of a request to the admin page: the name that the log shows as the actor, or `null` if access is
 * denied. It runs in each request and in each action, so it may read cookies and headers.
 */
export type AuthorizeCacheAdmin = () => Promise<string | null> | string | null

const registered = slot('admin authorization', (): { authorize?: AuthorizeCacheAdmin } => ({}))

/**
 * Lets the app's own sessions decide who may use the admin page, instead of the token. Call it in `register()` of
 * `instrumentation.ts`, which runs before the first request: an action may be the first thing a server is asked.
 *
 * See docs/decisions/0006-the-admin-page-asks-instrumentation.md
 */
export function authorizeCacheAdmin(authorize: AuthorizeCacheAdmin): void {
  registered.authorize = authorize
}

export function adminAuthorization(): AuthorizeCacheAdmin | undefined {
  return registered.authorize
}
