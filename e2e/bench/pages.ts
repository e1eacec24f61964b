import { readFileSync } from 'node:fs'

/** By name, where the bench asks for them. */
export const pages = {
  'static page': '/versioned',
  'static route handler': '/api/static',
  'page with getCacheVersions()': '/bench',
  'route handler with it': '/api/bench',
} as const

/** Files of the fixture that are rendered for each request; in stock Next they wait for the headers alone. */
export function renderedFiles(variant: string): Record<string, string> {
  const reading =
    variant !== 'components'
      ? { from: 'import { headers } from "next/headers"', what: '(await headers()).get("host")' }
      : {
          from: 'import { getCacheVersions } from "next-cache-versions/next"',
          what: '(await getCacheVersions()).bans',
        }
  return {
    'app/bench/page.tsx': `
      import { Suspense } from 'react'
      ${reading.from}
      async function Read() { return <output>{${reading.what}}</output> }
      export default function Page() { return <Suspense><Read /></Suspense> }`,
    'app/api/bench/route.ts': `
      ${reading.from}
      export async function GET() { return new Response(${reading.what}) }`,
  }
}

/** Next's own handler, named as an app's: for each of those Next imports its file anew, two or three times a request. */
export const plainHandlerFiles = {
  'plain-handler.mjs': `
    import handler from 'next/dist/server/lib/incremental-cache/file-system-cache.js'
    export default handler.default`,
  'stock.config.mjs': readFileSync('e2e/fixtures/handlers/next.config.mjs', 'utf8'),
  'next.config.mjs': `
    import { fileURLToPath } from 'node:url'
    import stock from './stock.config.mjs'
    export default { ...stock, cacheHandler: fileURLToPath(new URL('plain-handler.mjs', import.meta.url)) }`,
}
