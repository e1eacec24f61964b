import { createCacheAdminToken } from '../../admin/access/tokens.ts'
import { withDatabase } from '../database.ts'
import { UsageError } from '../usage-error.ts'
import { verb } from '../verb.ts'

export const adminLink = verb({
  about: `Prints a link that signs in to the admin page once, on any server, within 12 hours. It works whether or not
CACHE_VERSIONS_ADMIN_TOKEN is set, and while others send wrong tokens.`,
  options: {
    origin: { type: 'string', value: 'URL', about: 'Where the app is (default: http://localhost:3000)' },
    page: { type: 'string', value: 'PATH', about: 'Where its admin page is (default: /admin/caches)' },
  },
  json: '{"link"}',
  examples: ['--origin https://forum.example.com'],
  async run({ values, invocation }) {
    const origin = originOf(values.origin ?? 'http://localhost:3000')
    const page = pageOf(values.page ?? '/admin/caches')
    const token = await withDatabase(invocation, createCacheAdminToken)
    const link = `${origin}${page}/session?token=${token}`
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
