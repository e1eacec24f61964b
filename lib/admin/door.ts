import type { TokenKind } from './token.ts'

/** Which way into the page there is: a token of some kind, or the app's own sign-in. */
export type Door = TokenKind | 'app'

/** Where to find the token, for somebody in front of the closed door. */
export const doorHint: Record<Door, string> = {
  configured: 'The token is the value of CACHE_VERSIONS_ADMIN_TOKEN on the server.',
  'one-time': 'The server printed a sign-in link, or a token, to its log. Each works once.',
  refused:
    'The token of this server is too short to be used, so nobody can sign in. Its log says what to do.',
  app: 'Sign in to this app as somebody who may see its caches, then open this page again.',
}
