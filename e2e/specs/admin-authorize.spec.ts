import { expect, test } from '@playwright/test'
import postgres from 'postgres'
import { environment } from '../harness/environment.ts'

// The fixture lets its own session decide, in instrumentation.ts: here a cookie that names the user.
const { requests: url, requestsDatabase } = environment()
const sql = postgres(requestsDatabase, { max: 1, onnotice: () => {} })

test.afterAll(() => sql.end())

async function log() {
  return await sql`select cache, actor, source from cache_invalidations order by id desc limit 1`
}

test("the app's own session opens the page and names the actor", async ({ page, context }) => {
  await context.addCookies([{ name: 'user', value: 'moderator', url }])
  await page.goto(`${url}/admin/caches`)
  await page.getByRole('button', { name: 'Invalidate bans' }).click()
  await expect(page.getByText(/^was /)).toBeVisible()
  expect(await log()).toEqual([{ cache: 'bans', actor: 'moderator', source: 'action' }])
})

test('somebody whom the app does not let in sees no cache', async ({ page, context }) => {
  await context.addCookies([{ name: 'user', value: 'visitor', url }])
  await page.goto(`${url}/admin/caches`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByText('This page is closed.')).toBeVisible()
  await expect(page.getByRole('table')).toHaveCount(0)
})

test('an action of a user whose session has ended changes nothing', async ({ page, context }) => {
  await context.addCookies([{ name: 'user', value: 'moderator', url }])
  await page.goto(`${url}/admin/caches`)
  await context.clearCookies()
  const before = await sql`select * from cache_versions order by cache`
  await page.getByRole('button', { name: 'Invalidate bans' }).click()
  await expect(page.getByText('Nothing was invalidated.')).toBeVisible()
  expect(await sql`select * from cache_versions order by cache`).toEqual(before)
})
