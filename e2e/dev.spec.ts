import { expect, test } from '@playwright/test'
import postgres from 'postgres'
import { exitOf, freePort, interrupt, type Script, startScript, stopScripts } from './support/script.ts'

// It runs the demo of this folder, on its own data, as a newcomer does. A dev server that runs already is in the way.
const { DATABASE_URL: _, CACHE_VERSIONS_ADMIN_TOKEN: __, ...environment } = process.env

test.afterEach(stopScripts)

function dev(...args: string[]): Script {
  return startScript('dev', args, environment as NodeJS.ProcessEnv)
}

function databaseUrl(label: string): string {
  return `postgres://postgres@${/127\.0\.0\.1:\d+/.exec(label)?.[0]}/next_cache_versions`
}

test('pnpm dev serves the demo, lets in whoever has the link, and keeps its data', async () => {
  test.setTimeout(300_000)
  const port = await freePort()
  const first = dev('--port', port)
  const app = await first.says('App')
  expect(app).toBe(`http://localhost:${port}`)
  const page = await fetch(app)
  expect(page.status).toBe(200)

  const link = await first.says('Admin')
  expect(link).toMatch(/\/admin\/caches\/session\?token=once_[\w-]{43}$/)
  const entered = await fetch(link, { redirect: 'manual' })
  expect([entered.status, entered.headers.get('set-cookie')]).toEqual([
    303,
    expect.stringContaining('HttpOnly'),
  ])
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(401)

  const database = await first.says('Database')
  expect(database).toMatch(/^embedded Postgres 18/)
  const sql = postgres(databaseUrl(database), { max: 1 })
  await sql`select invalidate_cache('bans')`
  const [kept] = await sql`select version from cache_versions where cache = 'bans'`
  await sql.end()

  const second = dev()
  expect(await exitOf(second)).toBe(0)
  expect(second.output()).toContain('running already')

  await interrupt(first)
  await expect(fetch(app)).rejects.toThrow()
  await expect(postgres(databaseUrl(database), { max: 1 })`select 1`).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  })

  const third = dev('--port', port)
  await third.says('App')
  const { bans } = (await (await fetch(`${app}/api/versions`)).json()).versions
  expect(bans).toBe(kept?.version)
  third.process.kill('SIGKILL')
  await exitOf(third)

  const fourth = dev('--port', port)
  await fourth.says('App')
  expect((await fetch(app)).status).toBe(200)
})

test('pnpm dev shows what a plain UPDATE changed at the next request', async () => {
  test.setTimeout(120_000)
  const script = dev('--port', await freePort())
  const page = `${await script.says('App')}/static`
  const sql = postgres(databaseUrl(await script.says('Database')), { max: 1 })
  for (let round = 0; round < 5; round++) {
    await (await fetch(page)).text()
    const [changed] = await sql`
      update cache_versions set version = new_cache_version() where cache = 'bans' returning version`
    expect(await (await fetch(page)).text()).toContain(changed?.version)
  }
  await sql.end()
})

test('an unknown option is wrong usage', async () => {
  const child = dev('--prot', '3000')
  expect(await exitOf(child)).toBe(2)
  expect(child.output()).toContain('Usage: pnpm dev')
})
