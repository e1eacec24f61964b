import { expect, test } from '@playwright/test'
import postgres, { type Sql } from 'postgres'
import { exitOf, freePort, interrupt, type Script, startScript, stopScripts } from '../harness/script.ts'

// It runs the demo of this folder, on its own data, as a newcomer does. A dev server that runs already is in the way.
const { DATABASE_URL: _, CACHE_VERSIONS_ADMIN_TOKEN: __, ...environment } = process.env

function dev(...args: string[]): Script {
  return startScript('dev', args, environment as NodeJS.ProcessEnv)
}

function databaseUrl(label: string): string {
  return `postgres://postgres@${/127\.0\.0\.1:\d+/.exec(label)?.[0]}/next_cache_versions`
}

test.describe('pnpm dev', () => {
  // A dev server costs ten seconds and more: the tests go on with the one that the test before has left.
  test.describe.configure({ mode: 'serial', timeout: 120_000 })

  let port: string
  let app: string
  let script: Script
  let sql: Sql

  async function version(): Promise<string> {
    const [row] = await sql`select version from cache_versions where cache = 'bans'`
    return row?.version
  }

  test.beforeAll(async () => {
    test.setTimeout(180_000)
    port = await freePort()
    script = dev('--port', port)
    app = await script.says('App')
    sql = postgres(databaseUrl(await script.says('Database')), { max: 1 })
  })

  test.afterAll(async () => {
    await sql?.end({ timeout: 1 })
    await stopScripts()
  })

  test('serves the demo at the port, on a Postgres of its own', async () => {
    expect(app).toBe(`http://localhost:${port}`)
    expect((await fetch(app)).status).toBe(200)
    expect(await script.says('Database')).toMatch(/^embedded Postgres 18/)
  })

  test('lets in whoever has the link, once', async () => {
    const link = await script.says('Admin')
    expect(link).toMatch(/\/admin\/caches\/session\?token=once_[\w-]{43}$/)
    const entered = await fetch(link, { redirect: 'manual' })
    expect([entered.status, entered.headers.get('set-cookie')]).toEqual([
      303,
      expect.stringContaining('HttpOnly'),
    ])
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(401)
  })

  test('shows what a plain UPDATE changed at the next request', async () => {
    const page = `${app}/static`
    for (let round = 0; round < 5; round++) {
      await (await fetch(page)).text()
      const [changed] = await sql`
        update cache_versions set version = new_cache_version() where cache = 'bans' returning version`
      expect(await (await fetch(page)).text()).toContain(changed?.version)
    }
  })

  test('is not started twice in a folder', async () => {
    const second = dev()
    expect(await exitOf(second)).toBe(0)
    expect(second.output()).toContain('running already')
  })

  test('starts again at the same port after it was killed, with its data', async () => {
    await sql`select invalidate_cache('bans')`
    const kept = await version()
    script.process.kill('SIGKILL')
    await exitOf(script)
    script = dev('--port', port)
    await script.says('App')
    const { bans } = (await (await fetch(`${app}/api/versions`)).json()).versions
    expect(bans).toBe(kept)
  })

  test('ends with all it has started at Ctrl-C, and keeps its data', async () => {
    const database = databaseUrl(await script.says('Database'))
    const kept = await version()
    // Postgres would run on for it.
    await sql.end()
    await interrupt(script)
    await expect(fetch(app)).rejects.toThrow()
    await expect(postgres(database, { max: 1 })`select 1`).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    const versions = startScript('versions', [], environment as NodeJS.ProcessEnv)
    expect(await exitOf(versions)).toBe(0)
    expect(versions.output()).toContain(kept)
  })
})

test('an unknown option is wrong usage', async () => {
  const child = dev('--prot', '3000')
  expect(await exitOf(child)).toBe(2)
  expect(child.output()).toContain('Usage: pnpm dev')
})
