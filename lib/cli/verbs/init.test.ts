import postgres from 'postgres'
import { afterAll, expect, inject, test } from 'vitest'
import { type App, createApp } from '../../test/app.ts'
import { callVerb, type Outcome } from '../../test/verb.ts'
import type { InvocationOptions } from '../invocation.ts'

const layout = 'export default function Layout({ children }) {\n  return children\n}\n'
const config = "import type { NextConfig } from 'next'\n\nconst own: NextConfig = {}\n\nexport default own\n"
const drizzle = JSON.stringify({
  dialect: 'postgresql',
  schema: './src/db/schema.ts',
  out: './drizzle',
})
const schema =
  "import { integer, pgTable } from 'drizzle-orm/pg-core'\n\nexport const posts = pgTable('posts', { id: integer() })\n"
const apps: App[] = []
afterAll(() => Promise.all(apps.map((app) => app.remove())))

async function appWith(files: Record<string, string>): Promise<App> {
  const app = await createApp({ 'package.json': '{ "name": "an-app" }', ...files }, { withPackage: true })
  apps.push(app)
  return app
}

function init(app: App, args: readonly string[], options: InvocationOptions = {}): Promise<Outcome> {
  return callVerb(['init', ...args], { cwd: app.folder, env: { PATH: process.env.PATH }, ...options })
}

/** The files that are not as they were made. */
async function changes(app: App, before: Record<string, string>): Promise<Record<string, string>> {
  const entries = Object.entries(await app.files()).filter(([file, text]) => before[file] !== text)
  return Object.fromEntries(entries)
}

/** Runs the work on an empty database. */
async function onEmptyDatabase(work: (sql: postgres.Sql, url: string) => Promise<void>): Promise<void> {
  const server = postgres(inject('postgres').url, { max: 1, onnotice: () => {} })
  const name = `init_${process.pid}`
  await server.unsafe(`create database ${name} template template0`)
  const url = new URL(`/${name}`, inject('postgres').url).href
  const sql = postgres(url, { onnotice: () => {} })
  try {
    await work(sql, url)
  } finally {
    await sql.end()
    await server.unsafe(`drop database ${name} with (force)`)
    await server.end()
  }
}

test('an app with drizzle-kit and a source folder gets all of it, and a second call changes nothing', async () => {
  const app = await appWith({
    'tsconfig.json': '{}',
    'next.config.ts': config,
    'src/app/layout.tsx': layout,
    'src/db/schema.ts': schema,
    'drizzle.config.json': drizzle,
    '.env.example': 'DATABASE_URL=\n',
    '.gitignore': 'node_modules\n',
  })
  const before = await app.files()
  const { code, stdout } = await init(app, ['--caches', 'bans, settings', '--yes'])
  expect(code).toBe(0)
  expect(
    stdout,
  ).toBe(`Wrote src/db/schema.ts, next.config.ts, src/app/caches.ts, src/app/admin/caches/page.tsx, src/app/admin/caches/session/route.ts, .env.example, drizzle/0000_cache_versions.sql, drizzle/0001_cache_versions_functions.sql, drizzle/0002_start_cache_versioning.sql.

Next:
  1. Set DATABASE_URL, in .env.local for example, to the Postgres that is written to.
  2. pnpm drizzle-kit migrate
  3. pnpm next-cache-versions doctor
`)
  const after = await app.files()
  expect(await changes(app, before)).toMatchObject({
    'src/db/schema.ts': `${schema}
export * from 'next-cache-versions/schema'
`,
    'next.config.ts': `import type { NextConfig } from 'next'
import { withCacheVersions } from 'next-cache-versions/config'

const own: NextConfig = {}

export default withCacheVersions(own)
`,
    'src/app/caches.ts': `import type {} from 'next-cache-versions'

/** Every cache that has a version. The commands start and stop edit this list. */
export const caches = ['bans', 'settings'] as const

declare module 'next-cache-versions' {
  interface Register {
    caches: (typeof caches)[number]
  }
}
`,
    'src/app/admin/caches/page.tsx': `export { default } from 'next-cache-versions/admin/page'
export * from 'next-cache-versions/admin/page'
`,
    'src/app/admin/caches/session/route.ts':
      "export { GET, POST } from 'next-cache-versions/admin/session'\n",
    '.env.example': expect.stringMatching(
      /^DATABASE_URL=\n\n# Wins over[\s\S]*\n# CACHE_VERSIONS_ADMIN_TOKEN=\n$/,
    ),
  })
  await onEmptyDatabase(async (sql, DATABASE_URL) => {
    await callVerb(['migrate'], { cwd: app.folder, env: { DATABASE_URL } })
    expect(await sql`select cache from cache_versions order by 1`).toEqual([
      { cache: 'bans' },
      { cache: 'settings' },
    ])
  })

  const again = await init(app, ['--caches', 'settings', '--json'])
  expect(JSON.parse(again.stdout)).toEqual({
    changed: [],
    migrations: [],
    kept: [
      'src/db/schema.ts exports the tables',
      'next.config.ts has withCacheVersions',
      'src/app/caches.ts lists the caches',
      'src/app/admin/caches/page.tsx is there',
      'src/app/admin/caches/session/route.ts is there',
      '.env.example names the variables',
    ],
    byHand: [],
    hints: [],
  })
  expect((await init(app, [])).stdout).toContain('Nothing was changed: all that can be set up here is.')
  expect(await app.files()).toEqual(after)
})

test('a dry run shows each change line by line and makes none', async () => {
  const app = await appWith({
    'tsconfig.json': '{}',
    'next.config.ts': config,
    'src/app/layout.tsx': layout,
    'src/proxy.ts': 'export function proxy() {}\n',
    'src/db/schema.ts': schema,
    'drizzle.config.json': drizzle,
  })
  const before = await app.files()
  const { code, stdout } = await init(app, ['--caches', 'bans', '--dry-run'])
  expect(stdout).toContain(`next.config.ts
    2 + import { withCacheVersions } from 'next-cache-versions/config'
    5 - export default own
    6 + export default withCacheVersions(own)
`)
  expect(stdout).toContain(`src/app/admin/caches/session/route.ts (new)
    1 + export { GET, POST } from 'next-cache-versions/admin/session'
`)
  expect(stdout).toContain(`drizzle/…_start_bans_versioning.sql (drizzle-kit generate --custom)
  select start_cache_versioning('bans');
`)
  expect(stdout).toContain('If most of your requests read versions, let src/proxy.ts read them')
  expect(code).toBe(0)
  expect(await app.files()).toEqual(before)
})

test('an app without drizzle-kit gets the rest, and migrate makes its tables and starts its caches', async () => {
  const app = await appWith({ 'tsconfig.json': '{}', 'app/layout.tsx': layout })
  const { stdout } = await init(app, ['--caches', 'bans', '--yes'])
  expect(stdout).toMatch(
    /^Wrote next\.config\.ts, app\/caches\.ts, app\/admin[\s\S]*2\. pnpm next-cache-versions migrate\n/,
  )
  await onEmptyDatabase(async (sql, DATABASE_URL) => {
    const migrate = () => callVerb(['migrate'], { cwd: app.folder, env: { DATABASE_URL } })
    expect((await migrate()).stdout).toContain('the start of the cache "bans"')
    expect(await sql`select cache from cache_versions`).toEqual([{ cache: 'bans' }])
    expect((await migrate()).stdout).toBe('The database lacks nothing.\n')
  })
})

test('--sql prints the SQL alone, for any migration tool, and writes no migration', async () => {
  const app = await appWith({ 'src/app/layout.js': layout, 'drizzle.config.json': drizzle })
  const { stdout, stderr } = await init(app, ['--caches', 'bans', '--yes', '--sql'])
  await onEmptyDatabase(async (sql) => {
    await sql.unsafe(stdout)
    expect(await sql`select cache from cache_versions`).toEqual([{ cache: 'bans' }])
  })
  expect(stderr).toContain('Wrote next.config.mjs, src/app/admin/caches/page.js')
  expect(Object.keys(await app.files())).not.toContainEqual(expect.stringMatching(/^drizzle\/|caches\.ts$/))
})

test('files of the app keep what is in them, and what to put there is printed', async () => {
  const app = await appWith({
    'tsconfig.json': '{}',
    'next.config.js': 'module.exports = {}\nmodule.exports.distDir = "own"\n',
    'app/[lang]/layout.tsx': layout,
    'app/admin/caches/session/route.ts': 'export function GET() {}\n',
  })
  const before = await app.files()
  const { code, stdout } = await init(app, ['--yes', '--json'])
  const { changed, byHand } = JSON.parse(stdout)
  expect(byHand).toEqual([
    {
      file: 'next.config.js',
      why: 'it assigns to its exports in more than one place',
      lines: expect.arrayContaining([expect.stringContaining('withCacheVersions(')]),
    },
    {
      file: 'app/admin/caches/page.tsx',
      why: 'app has no layout at its root, so put it below the one of your choice',
      lines: expect.arrayContaining([expect.stringContaining('next-cache-versions/admin/page')]),
    },
    {
      file: 'app/admin/caches/session/route.ts',
      why: 'it is a file of the app',
      lines: [expect.stringContaining('next-cache-versions/admin/session')],
    },
  ])
  expect(changed).toEqual(['.env.example'])
  expect(Object.keys(await changes(app, before))).toEqual(changed)
  expect(code).toBe(0)
})

test('a configuration that Next does not load with the wrapper is taken back, and left to a person', async () => {
  const own = "export default { cacheHandler: './own.js' }\n"
  const app = await appWith({ 'next.config.mjs': own, 'app/layout.jsx': layout })
  const { stdout } = await init(app, ['--yes'])
  expect(await app.read('next.config.mjs')).toBe(own)
  expect(stdout).toContain('next.config.mjs: Next could not load it with withCacheVersions')
  expect(stdout).toContain('The configuration sets cacheHandler itself')
  expect(stdout).toContain('Wrote app/admin/caches/page.js')
})

test('it asks for the caches and once for all changes, and makes none without a yes', async () => {
  const app = await appWith({ 'tsconfig.json': '{}', 'app/layout.tsx': layout })
  const before = await app.files()
  const answers = ['bans', 'n']
  const questions: string[] = []
  const ask = async (question: string) => {
    questions.push(question)
    return answers.shift() ?? 'y'
  }
  const refused = await init(app, [], { ask })
  expect(questions).toEqual([expect.stringContaining('Which caches'), 'Make these changes? [y/N] '])
  expect(refused.stderr).toContain("export const caches = ['bans'] as const")
  const unasked = await init(app, ['--caches', 'bans'])
  expect(unasked.stderr).toContain(
    'nobody can be asked here. If that is what you want, run: pnpm next-cache-versions init --yes',
  )
  expect([refused.code, unasked.code]).toEqual([1, 1])
  expect(await app.files()).toEqual(before)
  expect((await init(app, ['--caches', 'bans'], { ask })).code).toBe(0)
  expect(await app.read('app/caches.ts')).toContain("['bans']")
})

test('a failure of drizzle-kit takes everything back', async () => {
  const app = await appWith({
    'next.config.ts': config,
    'src/app/layout.tsx': layout,
    'src/db/schema.ts': 'not a schema\n',
    'drizzle.config.json': drizzle,
    'drizzle/notes.md': 'Ours.\n',
  })
  const before = await app.files()
  const { code, stderr } = await init(app, ['--caches', 'bans', '--yes'])
  expect(stderr).toContain('drizzle-kit wrote no migration')
  expect(code).toBe(1)
  expect(await app.files()).toEqual(before)
})

test('a folder without a Next app is refused, and so is what is no name of a cache', async () => {
  const bare = await createApp({}, { withDrizzle: false })
  apps.push(bare)
  const refused = await init(bare, ['--yes'])
  expect(refused.stderr).toContain('next is not installed in')
  expect(refused.code).toBe(1)
  const app = await appWith({ 'app/layout.tsx': layout })
  expect(await init(app, ['--caches', 'a b', '--yes'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is not a cache name'),
  })
})
