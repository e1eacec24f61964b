import { type BrowserContext, expect, test } from '@playwright/test'
import postgres from 'postgres'
import { adminToken } from './support/environment.ts'

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} })

test.afterAll(() => sql.end())

async function versions(): Promise<Record<string, string>> {
  const rows = await sql<{ cache: string; version: string }[]>`select cache, version from cache_versions`
  return Object.fromEntries(rows.map(({ cache, version }) => [cache, version]))
}

async function signIn(context: BrowserContext): Promise<void> {
  await context.request.get(`/admin/caches/session?token=${adminToken}`)
}

test('without a session the page holds the form and no data', async ({ request }) => {
  const html = await (await request.get('/admin/caches')).text()
  expect(html).toContain('This page is closed.')
  for (const version of Object.values(await versions())) expect(html).not.toContain(version)
})

test('a wrong token is 401, by the link and by the form, and starts no session', async ({ request }) => {
  const wrong = `${adminToken}x`
  const answers = [
    await request.get(`/admin/caches/session?token=${wrong}`),
    await request.post('/admin/caches/session', { form: { token: wrong } }),
    await request.post('/admin/caches/session', { form: {} }),
    await request.post('/admin/caches/session', { data: 'x'.repeat(100_000) }),
  ]
  for (const answer of answers) {
    expect(answer.status()).toBe(401)
    expect(answer.headers()).not.toHaveProperty('set-cookie')
    const html = await answer.text()
    expect(html).toContain('This token is wrong.')
    expect(html).not.toContain(adminToken)
  }
})

test('the right token, from the form of the page, starts a session and stays out of the page', async ({
  page,
}) => {
  await page.goto('/admin/caches')
  await page.getByLabel('Token').fill(`${adminToken}x`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toHaveText('This token is wrong. You are not signed in.')
  await page.getByLabel('Token').fill(adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/admin\/caches$/)
  await expect(page.getByText('Signed in as admin')).toBeVisible()
  expect(await page.content()).not.toContain(adminToken)
})

test('the session is a cookie that neither scripts nor other sites can use', async ({ context }) => {
  await signIn(context)
  const cookie = (await context.cookies()).find(({ name }) => name === 'cache-versions-admin')
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
  expect(cookie?.value).not.toContain(adminToken)
})

test('a session that was changed opens nothing', async ({ context, page, baseURL }) => {
  await signIn(context)
  const cookie = (await context.cookies()).find(({ name }) => name === 'cache-versions-admin')
  const [expires, signature] = cookie?.value.split('.') ?? []
  await context.clearCookies()
  const value = `${Number(expires) + 1}.${signature}`
  await context.addCookies([{ name: 'cache-versions-admin', value, url: baseURL ?? '' }])
  await page.goto('/admin/caches')
  await expect(page.getByText('This page is closed.')).toBeVisible()
})

test('a prefetched link is not taken for a visit', async ({ request }) => {
  const answer = await request.get(`/admin/caches/session?token=${adminToken}`, {
    headers: { 'Sec-Purpose': 'prefetch' },
    maxRedirects: 0,
  })
  expect(answer.status()).toBe(503)
  expect(answer.headers()).not.toHaveProperty('set-cookie')
})

test('signing out closes the page', async ({ context, page }) => {
  await signIn(context)
  await page.goto('/admin/caches')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByText('This page is closed.')).toBeVisible()
  await page.goto('/admin/caches')
  await expect(page.getByText('This page is closed.')).toBeVisible()
})

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled })

    test('an action without a session changes nothing and says so', async ({ context, page }) => {
      await signIn(context)
      await page.goto('/admin/caches')
      const before = await versions()
      await context.clearCookies()
      await page.getByRole('button', { name: 'Invalidate bans' }).click()
      await expect(page.getByRole('status')).toContainText('You are signed out. Nothing was invalidated.')
      expect(await versions()).toEqual(before)
    })

    test('invalidating all without a session changes nothing and says so', async ({ context, page }) => {
      await signIn(context)
      await page.goto('/admin/caches')
      const before = await versions()
      await context.clearCookies()
      await page.getByText('Invalidate all…').click()
      await page.getByRole('button', { name: /^Invalidate all \d+ caches$/ }).click()
      await expect(page.getByRole('status')).toContainText('You are signed out. Nothing was invalidated.')
      expect(await versions()).toEqual(before)
    })
  })
}

test('an action that names no versioned cache changes nothing and suggests one', async ({
  context,
  page,
}) => {
  await signIn(context)
  await page.goto('/admin/caches')
  const before = await versions()
  await page.locator('input[name=cache][value=bans]').evaluate((input) => {
    input.setAttribute('value', 'bnas')
  })
  await page.getByRole('button', { name: 'Invalidate bans' }).click()
  await expect(page.getByRole('status')).toContainText('Cache "bnas" is not versioned. Did you mean "bans"?')
  expect(await versions()).toEqual(before)
})
