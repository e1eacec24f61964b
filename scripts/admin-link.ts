import { signInPath } from './app/sign-in-path.ts'
import { runCommand } from './command/command.ts'
import { UsageError } from './command/usage-error.ts'

const help = `Usage: pnpm tsx scripts/admin-link.ts [options]

Prints a link that signs in to the admin page once, on any server, within 12 hours. It works whether or not
CACHE_VERSIONS_ADMIN_TOKEN is set, and while others send wrong tokens.

Options:
  --origin URL  Where the app is (default: http://localhost:3000)
  --page PATH   Where its admin page is (default: /admin/caches)
  --json        Print {"link"}
  -h, --help    Print this

Example:
  pnpm tsx scripts/admin-link.ts --origin https://forum.example.com

Exit code: 0 done, 1 failed, 2 wrong usage.`

await runCommand({
  help,
  options: { origin: { type: 'string' }, page: { type: 'string' } },
  async run({ values, positionals }) {
    if (positionals.length > 0) throw new UsageError('This command takes no names.')
    const origin = originOf(values.origin ?? 'http://localhost:3000')
    const link = `${origin}${await signInPath(pageOf(values.page ?? '/admin/caches'))}`
    return { text: link, json: { link } }
  },
})

function originOf(text: string): string {
  if (/^https?:\/\/[^/?#]+\/?$/.test(text) && URL.canParse(text)) return new URL(text).origin
  throw new UsageError(
    `${JSON.stringify(text)} is not an origin. Write it as https://HOST or http://HOST:PORT.`,
  )
}

function pageOf(text: string): string {
  if (/^(\/[^/?#\s]+)+$/.test(text)) return text
  throw new UsageError(`${JSON.stringify(text)} is not the path of a page. Write it as /admin/caches.`)
}
