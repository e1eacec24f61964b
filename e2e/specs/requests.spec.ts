import { readFile } from 'node:fs/promises'
import { expect, type Page, test } from '@playwright/test'
import postgres from 'postgres'
import { environment } from '../harness/environment.ts'
import { statementsDuring } from '../harness/statements.ts'

const { requests: url, requestsDatabase, requestsLog } = environment()
const sql = postgres(requestsDatabase, { max: 1, onnotice: () => {} })

test.afterAll(() => sql.end())

const read = 'select cache, version from cache_versions'

type Versions = Record<string, string>

async function current(): Promise<Versions> {
  const rows = await sql<{ cache: string; version: string }[]>`select cache, version from cache_versions`
  return Object.fromEntries(rows.map(({ cache, version }) => [cache, version]))
}

async function shown(page: Page, id: string): Promise<Versions> {
  return JSON.parse((await page.locator(`#${id}`).textContent()) ?? '')
}

/** The versions that each part of the page saw: it must be one snapshot. */
async function everywhere(page: Page): Promise<Versions[]> {
  const parts = await Promise.all(['layout', 'page', 'component', 'sibling'].map((id) => shown(page, id)))
  // React takes the old title away before it sets the new one.
  await expect(page).not.toHaveTitle('')
  return [...parts, JSON.parse(await page.title())]
}

async function press(page: Page, deed: string): Promise<void> {
  await page.getByRole('button', { name: deed, exact: true }).click()
  // React shows the action's answer and the new render in one commit.
  await expect(page.locator('#after')).not.toHaveText('null')
}

test('layout, page, metadata and components share one snapshot from one query', async ({ page }) => {
  const statements = await statementsDuring(() => page.goto(`${url}/outside`))
  expect(statements).toEqual([read])
  const now = await current()
  for (const versions of await everywhere(page)) expect(versions).toEqual(now)
})

test('behind the proxy the page makes no query of its own', async ({ page }) => {
  const statements = await statementsDuring(() => page.goto(`${url}/inside`))
  expect(statements).toEqual([read])
  const now = await current()
  for (const versions of await everywhere(page)) expect(versions).toEqual(now)
})

test('a route handler reads the versions once', async ({ request }) => {
  const statements = await statementsDuring(async () => {
    const now = await current()
    const answer = await (await request.get(`${url}/outside/api`)).json()
    expect(answer).toEqual({ first: now, second: now, third: now })
  })
  expect(statements).toEqual([read])
})

test('a plain UPDATE by SQL is seen by the next request', async ({ request }) => {
  for (const version of ['byHand01', 'byHand02']) {
    await sql`update cache_versions set version = ${version} where cache = 'bans'`
    const answer = await (await request.get(`${url}/outside/api`)).json()
    expect(answer.first.bans).toBe(version)
  }
})

test('a route handler reads its own invalidation', async ({ request }) => {
  const answer = await (await request.post(`${url}/outside/api`)).json()
  expect(answer.after.bans).not.toBe(answer.before.bans)
  expect(answer.after).toEqual(await current())
  const [line] = await sql`select reason, source from cache_invalidations order by id desc limit 1`
  expect(line).toEqual({ reason: 'route handler', source: 'route' })
})

test('an invalidation in after() of a route handler happens', async ({ request }) => {
  const answer = await (await request.put(`${url}/outside/api`)).json()
  await expect.poll(async () => (await current()).bans).not.toBe(answer.before.bans)
})

for (const place of ['outside', 'inside']) {
  test.describe(`an action on a page ${place} the proxy's matcher`, () => {
    test.beforeEach(({ page }) => page.goto(`${url}/${place}/act`))

    test('shares its one snapshot with the render that follows', async ({ page }) => {
      const statements = await statementsDuring(() => press(page, 'read'))
      expect(statements).toEqual([read])
      expect(await shown(page, 'after')).toEqual(await shown(page, 'before'))
    })

    test('reads its own invalidation, and so does the page', async ({ page }) => {
      const statements = await statementsDuring(() => press(page, 'invalidate'))
      expect(statements.filter((statement) => statement === read)).toHaveLength(2)
      expect(await shown(page, 'after')).not.toEqual(await shown(page, 'before'))
      const now = await current()
      expect(await shown(page, 'after')).toEqual(now)
      for (const versions of await everywhere(page)) expect(versions).toEqual(now)
      const [line] = await sql`select reason, source from cache_invalidations order by id desc limit 1`
      expect(line).toEqual({ reason: 'action', source: 'action' })
    })

    test('reads the invalidation of its transaction after the commit', async ({ page }) => {
      await press(page, 'commit')
      const now = await current()
      expect(now.bans).not.toBe((await shown(page, 'before')).bans)
      expect(await shown(page, 'after')).toEqual(now)
      for (const versions of await everywhere(page)) expect(versions).toEqual(now)
    })

    test('keeps its versions when its transaction rolls back', async ({ page }) => {
      await press(page, 'rollback')
      expect(await shown(page, 'after')).toEqual(await shown(page, 'before'))
      expect(await shown(page, 'after')).toEqual(await current())
    })

    test('invalidates in after()', async ({ page }) => {
      await press(page, 'after')
      const { bans } = await shown(page, 'before')
      await expect.poll(async () => (await current()).bans).not.toBe(bans)
    })
  })
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a posted form invalidates once and shows the new versions', async ({ page }) => {
    await page.goto(`${url}/outside/act`)
    const lines = await sql`select id from cache_invalidations`
    await page.getByRole('button', { name: 'invalidate' }).click()
    expect(await sql`select id from cache_invalidations`).toHaveLength(lines.length + 1)
    for (const versions of await everywhere(page)) expect(versions).toEqual(await current())
  })
})

for (const place of ['outside', 'inside']) {
  test(`a client that sends the proxy's header ${place} the matcher changes nothing`, async ({ page }) => {
    const payload = Buffer.from(JSON.stringify({ bans: 'forged01', settings: 'forged01' })).toString(
      'base64url',
    )
    for (const header of [payload, `${payload}.${Buffer.alloc(32).toString('base64url')}`, 'x', '.', '']) {
      await page.setExtraHTTPHeaders({ 'x-cache-versions': header })
      await page.goto(`${url}/${place}`)
      for (const versions of await everywhere(page)) expect(versions).toEqual(await current())
    }
  })
}

test("getCacheVersions() inside 'use cache' names cacheVersion", async ({ request }) => {
  await request.get(`${url}/misuse`)
  await expect.poll(() => readFile(requestsLog, 'utf8')).toContain("Use `await cacheVersion('name')` there.")
})

test('an app built with no database in reach serves a page that reads a version', async ({ page }) => {
  await page.goto(`${url}/deferred`)
  await expect(page.locator('#version')).toHaveText((await current()).settings ?? '')
})
