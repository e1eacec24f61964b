import { type Entrance, entranceHint, takesTokens } from './entrance-hint.ts'

/** The reason why a sign-in or sign-out failed. */
export type Refusal = 'app' | 'wrong' | 'not-a-link' | 'too-many' | 'unavailable' | 'still-signed-in'

interface About {
  readonly refusal: Refusal
  readonly entrance: Entrance
  /** The path of the page, for a visitor who is signed in all the same. */
  readonly page?: string
}

/** Returns a whole document, because it is outside of the app's layout. */
export function refusalDocument({ refusal, entrance, page }: About): string {
  const isDown = refusal === 'unavailable' || refusal === 'still-signed-in'
  const hint = isDown ? '' : entranceHint[entrance]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${titleOf(refusal)} · Caches</title>
<link rel="stylesheet" href="?style">
</head>
<body>
<main>
<h1>Caches</h1>
<p class="alert" role="alert">${escapeHtml(sentence[refusal])}</p>
${page ? `<p>You are still signed in from before: <a href="${escapeHtml(page)}">open the page</a>.</p>` : ''}
${form(refusal, entrance)}
${hint ? `<p class="hint">${escapeHtml(hint)}</p>` : ''}
</main>
</body>
</html>
`
}

const sentence: Record<Refusal, string> = {
  app: 'This app has a sign-in of its own and accepts no token here.',
  wrong: 'This token is wrong, was used before, or has expired. You are not signed in.',
  'not-a-link': 'A link signs in with a one-time token only. Type the token of this server here instead.',
  'too-many':
    'Too many wrong tokens were sent, so this one was not looked at. Try again in a few seconds, or sign in with a one-time link.',
  unavailable: 'You are not signed in: the server could not ask its database. Its log says why. Try again.',
  'still-signed-in':
    'You are still signed in: the server could not ask its database. Its log says why. Try again.',
}

function titleOf(refusal: Refusal): string {
  return refusal === 'still-signed-in' ? 'Not signed out' : 'Not signed in'
}

/** The form's action is `?`: the address of this document may hold a token, which must not be sent again. */
function form(refusal: Refusal, entrance: Entrance): string {
  if (refusal === 'still-signed-in') {
    return '<form method="post" action="?"><button name="intent" value="sign-out">Sign out</button></form>'
  }
  if (!takesTokens(entrance)) return ''
  return `<form method="post" action="?">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
