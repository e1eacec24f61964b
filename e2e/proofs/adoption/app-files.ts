import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Kind } from './kind.ts'

/**
 * Writes what the app has of its own: a page with a tag as Next's guide has it, an action and a route handler that
 * revalidate the tag. They know nothing of the package.
 */
export async function writeOwnFiles(folder: string, kind: Kind): Promise<void> {
  const source = kind.sourceFolder ? 'src/' : ''
  const files: Record<string, string> = {
    // Without the fonts of Google, which a build would fetch.
    [`${source}app/layout.tsx`]: layout,
    [`${source}app/posts/page.tsx`]: kind.cacheComponents ? useCachePage : unstableCachePage,
    [`${source}app/act/page.tsx`]: actionPage,
    [`${source}app/api/refresh/route.ts`]: routeHandler,
    ...(kind.cacheComponents ? {} : { 'next.config.ts': configWithoutCacheComponents }),
    ...(kind.withDrizzle
      ? { [`${source}db/schema.ts`]: drizzleSchema, 'drizzle.config.ts': drizzleConfig(source) }
      : {}),
  }
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
}

const layout = `import './globals.css'

export default function Layout({ children }: { children: React.ReactNode }) {
  return <html lang="en"><body>{children}</body></html>
}
`

const load = `async function load(): Promise<string[]> {
  const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1 })
  try {
    return (await sql\`select title from posts\`).map(({ title }) => title)
  } finally {
    await sql.end()
  }
}
`

const list = `export default async function Page() {
  return <ul>{(await titles()).map((title) => <li key={title}>title: {title}</li>)}</ul>
}
`

const useCachePage = `import { cacheTag } from 'next/cache'
import postgres from 'postgres'

async function titles(): Promise<string[]> {
  'use cache'
  cacheTag('posts')
  return await load()
}

${load}
${list}`

const unstableCachePage = `import { unstable_cache } from 'next/cache'
import postgres from 'postgres'

const titles = unstable_cache(load, ['titles'], { tags: ['posts'] })

${load}
${list}`

const actionPage = `import { updateTag } from 'next/cache'

async function update() {
  'use server'
  updateTag('posts')
}

export default function Page() {
  return <form action={update}><button type="submit">Update</button></form>
}
`

const routeHandler = `import { revalidateTag } from 'next/cache'

export async function POST() {
  revalidateTag('posts', { expire: 0 })
  return new Response('done')
}
`

const configWithoutCacheComponents = `import type { NextConfig } from 'next'

const nextConfig: NextConfig = {}

export default nextConfig
`

const drizzleSchema = `import { pgTable, text } from 'drizzle-orm/pg-core'

export const posts = pgTable('posts', { title: text() })
`

function drizzleConfig(source: string): string {
  return `import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './${source}db/schema.ts',
  out: './drizzle',
  dbCredentials: { url: process.env.DATABASE_URL ?? '' },
})
`
}
