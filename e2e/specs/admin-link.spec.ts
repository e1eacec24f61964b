import { expect, test } from '@playwright/test'
import { closeCacheVersions, createCacheAdminToken } from 'next-cache-versions'
import { adminToken } from '../harness/environment.ts'

test.afterAll(() => closeCacheVersions())

async function link(): Promise<string> {
  return `/admin/caches/session?token=${await createCacheAdminToken()}`
}

test('a link with a one-time token signs in once', async ({ page, request }) => {
  const once = await link()
  await page.goto(once)
  await expect(page).toHaveURL(/\/admin\/caches$/)
  await expect(page.getByText('Signed in as admin')).toBeVisible()
  expect((await request.get(once, { maxRedirects: 0 })).status()).toBe(401)
})

test('a link that is prefetched, or asked for its headers, is not spent', async ({ request }) => {
  const once = await link()
  const looks = [
    await request.get(once, { headers: { 'Sec-Purpose': 'prefetch' }, maxRedirects: 0 }),
    await request.head(once, { maxRedirects: 0 }),
  ]
  for (const look of looks) {
    expect(look.status()).toBe(503)
    expect(look.headers()).not.toHaveProperty('set-cookie')
  }
  expect((await request.get(once, { maxRedirects: 0 })).status()).toBe(303)
})

test('the form takes a one-time token as well', async ({ page }) => {
  await page.goto('/admin/caches')
  await page.getByLabel('Token').fill(await createCacheAdminToken())
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Signed in as admin')).toBeVisible()
})

test("no token is a way around the app's own session", async ({ request }) => {
  const session = `${process.env.E2E_REQUESTS_URL}/admin/caches/session`
  const answers = [
    await request.get(`${session}?token=once_${'A'.repeat(43)}`, { maxRedirects: 0 }),
    await request.post(session, { form: { token: adminToken }, maxRedirects: 0 }),
  ]
  for (const answer of answers) {
    expect(answer.status()).toBe(401)
    expect(await answer.text()).toContain('This app has a sign-in of its own and accepts no token here.')
  }
})
