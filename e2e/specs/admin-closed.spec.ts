import { randomInt } from 'node:crypto'
import { expect, test } from '@playwright/test'
import postgres from 'postgres'
import { adminToken } from '../harness/environment.ts'
import { signIn } from '../harness/sign-in.ts'

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} })

test.afterAll(() => sql.end())

async function versions(): Promise<Record<string, string>> {
  const rows = await sql<{ cache: string; version: string }[]>`select cache, version from cache_versions`
  return Object.fromEntries(rows.map(({ cache, version }) => [cache, version]))
}

test('without a session the page holds the form and no data', async ({ request }) => {
  const html = await (await request.get('/admin/caches')).text()
  expect(html).toContain('This page is closed.')
  for (const version of Object.values(await versions())) expect(html).not.toContain(version)
})

test('the configured token in an address signs nobody in, for addresses are logged', async ({ request }) => {
  const answer = await request.get(`/admin/caches/session?token=${adminToken}`, { maxRedirects: 0 })
  expect(answer.status()).toBe(401)
  expect(answer.headers()).not.toHaveProperty('set-cookie')
  const html = await answer.text()
  expect(html).toContain('A link signs in with a one-time token only.')
  expect(html).not.toContain(adminToken)
})

test.describe('wrong tokens', () => {
  // Each of an address of its own, because an address has five at once.
  test.use({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what the option needs.
    extraHTTPHeaders: async ({}, use) => {
      await use({ 'x-forwarded-for': `198.18.${randomInt(255)}.${randomInt(255)}` })
    },
  })

  test('a wrong token is 401 and starts no session', async ({ request }) => {
    const wrong = `${adminToken}x`
    const answers = [
      await request.post('/admin/caches/session', { form: { token: wrong } }),
      await request.post('/admin/caches/session', { data: 'x'.repeat(100_000) }),
      await request.post('/admin/caches/session', { form: { token: `once_${'A'.repeat(43)}` } }),
      await request.get(`/admin/caches/session?token=once_${'A'.repeat(43)}`),
    ]
    for (const answer of answers) {
      expect(answer.status()).toBe(401)
      expect(answer.headers()).not.toHaveProperty('set-cookie')
      const html = await answer.text()
      expect(html).toContain('This token is wrong, was used before, or has expired.')
      expect(html).not.toContain(adminToken)
    }
  })

  test('the right token, from the form of the page, starts a session and stays out of the page', async ({
    page,
  }) => {
    await page.goto('/admin/caches')
    await page.getByLabel('Token').fill(`${adminToken}x`)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert')).toContainText('This token is wrong')
    await page.getByLabel('Token').fill(adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(/\/admin\/caches$/)
    await expect(page.getByText('Signed in as admin')).toBeVisible()
    expect(await page.content()).not.toContain(adminToken)
  })
})

test('the session is a cookie that neither scripts nor other sites can use', async ({ context }) => {
  await signIn(context)
  const cookie = (await context.cookies()).find(({ name }) => name === 'cache-versions-admin')
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
  expect(cookie?.value).not.toContain(adminToken)
})

test('under https the cookie is one that no other host can set', async ({ request }) => {
  const https = { 'x-forwarded-proto': 'https' }
  const answer = await request.post('/admin/caches/session', {
    form: { token: adminToken },
    headers: https,
    maxRedirects: 0,
  })
  const cookies = answer.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie')
  const session = cookies.find(({ value }) => value.startsWith('__Host-cache-versions-admin='))?.value ?? ''
  expect(session).toMatch(/; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/)
  const value = /=([^;]*)/.exec(session)?.[1]
  const page = async (cookie: string) =>
    await (await request.get('/admin/caches', { headers: { ...https, cookie } })).text()
  expect(await page(`__Host-cache-versions-admin=${value}`)).toContain('Signed in as')
  expect(await page(`cache-versions-admin=${value}`)).toContain('This page is closed.')
})

test('a session that was changed opens nothing', async ({ context, page, baseURL }) => {
  await signIn(context)
  const { value = '' } = (await context.cookies()).find(({ name }) => name === 'cache-versions-admin') ?? {}
  await context.clearCookies()
  const changed = value.replace(/^./, value.startsWith('A') ? 'B' : 'A')
  await context.addCookies([{ name: 'cache-versions-admin', value: changed, url: baseURL ?? '' }])
  await page.goto('/admin/caches')
  await expect(page.getByText('This page is closed.')).toBeVisible()
})

test('signing out closes the page, also to a browser that has kept the cookie', async ({ context, page }) => {
  await signIn(context)
  const cookies = await context.cookies()
  await page.goto('/admin/caches')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByText('This page is closed.')).toBeVisible()
  expect((await context.cookies()).map(({ name }) => name)).not.toContain('cache-versions-admin')
  await context.addCookies(cookies)
  await page.goto('/admin/caches')
  await expect(page.getByText('This page is closed.')).toBeVisible()
})

test('a form of another site signs nobody out', async ({ context, page }) => {
  await signIn(context)
  await page.route('http://elsewhere.test/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${process.env.E2E_DEMO_URL}/admin/caches/session"><button name="intent" value="sign-out">Win</button></form>`,
    }),
  )
  await page.goto('http://elsewhere.test/')
  await page.getByRole('button', { name: 'Win' }).click()
  await page.waitForURL('**/admin/caches')
  await page.goto('/admin/caches')
  await expect(page.getByText('Signed in as admin')).toBeVisible()
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
