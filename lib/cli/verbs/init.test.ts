import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, createApp } from '../../test/app.ts'
import { createTestDatabase } from '../../test/database.ts'
import { callVerb, type Outcome } from '../../test/verb.ts'

const layout = 'export default function Layout({ children }) {\n  return children\n}\n'
const tsConfig = `import type { NextConfig } from 'next'

const nextConfig: NextConfig = { reactStrictMode: true }

export default nextConfig
`
const apps: App[] = []
afterAll(() => Promise.all(apps.map((app) => app.remove())))

async function appWith(files: Record<string, string>): Promise<App> {
  const app = await createApp(files, { withPackage: true })
  apps.push(app)
  return app
}

function init(app: App, ...args: string[]): Promise<Outcome> {
  return callVerb(['init', ...args], { cwd: app.folder })
}

test('an app with a source folder and drizzle-kit gets all of it, and a second call changes nothing', async () => {
  const app = await appWith({
    'tsconfig.json': '{}',
    'next.config.ts': tsConfig,
    'src/app/layout.tsx': layout,
    'src/db/schema.ts':
      "import { integer, pgTable } from 'drizzle-orm/pg-core'\n\nexport const posts = pgTable('posts', { id: integer() })\n",
    'drizzle.config.json': JSON.stringify({
      dialect: 'postgresql',
      schema: './src/db/schema.ts',
      out: './drizzle',
    }),
    '.env.example': 'DATABASE_URL=\n',
  })
  const { code, stdout, stderr } = await init(app, '--caches', 'bans,settings', '--yes')
  expect(stdout).toBe('')
  expect(stderr).toBe('')
  expect(code).toBe(0)
  console.log(await app.files())
  console.log(await init(app, '--yes'))
})
