/** The way to sign in to a closed page: a token, the app's own sign-in, or none for the time being. */
export type Entrance = 'configured' | 'one-time' | 'too-short' | 'app' | 'unavailable'

/** Whether a token may be typed in. */
export function takesTokens(entrance: Entrance): boolean {
  return entrance === 'configured' || entrance === 'one-time'
}

/** The hint on the closed page. */
export const entranceHint: Record<Entrance, string> = {
  configured: 'The token is the value of CACHE_VERSIONS_ADMIN_TOKEN on the server.',
  'one-time': 'The server printed a token to its log. It works once.',
  'too-short':
    'The token of this server is too short to be used, so only a one-time link signs in. Its log says what to do.',
  app: 'Sign in to this app as somebody who may see its caches, then open this page again.',
  unavailable:
    'Nobody can sign in or be recognised now: the server could not ask its database. Its log says why. Open this page again later.',
}
