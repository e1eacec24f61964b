import { type Door, doorHint } from './door.ts'
import { styles } from './styles.ts'

/** The answer to a wrong token: a whole page, because it stands outside of the app's layout. */
export function signInDocument(about: { kind: Door; signedIn: boolean; page: string }): string {
  const { kind, signedIn, page } = about
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Not signed in · Caches</title>
<style>${styles}${documentStyles}</style>
</head>
<body>
<main class="cv-root"><div class="cv-door">
<h1 class="cv-h1">Caches</h1>
<p class="cv-note cv-note-failed" role="alert">${escapeHtml(refusal[kind])}</p>
${signedIn ? `<p class="cv-text">You are still signed in from before: <a class="cv-link" href="${escapeHtml(page)}">open the page</a>.</p>` : ''}
${form(kind)}
<p class="cv-hint">${escapeHtml(doorHint[kind])}</p>
</div></main>
</body>
</html>
`
}

const refusal: Record<Door, string> = {
  configured: 'This token is wrong. You are not signed in.',
  'one-time': 'This token is wrong or was used before. You are not signed in.',
  refused: 'No token is accepted. You are not signed in.',
  app: 'This app has a sign-in of its own and accepts no token here.',
}

function form(kind: Door): string {
  if (kind === 'refused' || kind === 'app') return ''
  // The address of this document may end in a wrong token, which must not be sent again.
  return `<form class="cv-door-form" method="post" action="?">
<label class="cv-label" for="cv-token">Token</label>
<input class="cv-input" id="cv-token" name="token" type="password" autocomplete="current-password" required>
<button class="cv-button cv-button-primary" type="submit">Sign in</button>
</form>`
}

const documentStyles = `
html { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f3f5f7; }
.cv-root { width: min(26rem, 100vw); margin: 0; }
@media (prefers-color-scheme: dark) { body { background: #0b0d0f; } }
`

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
