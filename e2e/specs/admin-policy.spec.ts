import { randomBytes } from 'node:crypto'
import { expect, type Page, test } from '@playwright/test'
import { signIn } from '../harness/sign-in.ts'

/** Serves the documents with a strict policy, as Next's guide has a proxy do: Next finds the nonce in the request. */
async function withStrictPolicy(page: Page): Promise<string[]> {
  const violations: string[] = []
  await page.exposeFunction('violated', (what: string) => void violations.push(what))
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
      const { violated } = window as unknown as { violated: (what: string) => void }
      violated(`${violatedDirective} ${blockedURI} ${sourceFile}`)
    })
  })
  await page.route('**/admin/caches**', async (route, request) => {
    if (request.resourceType() !== 'document') return await route.continue()
    const nonce = randomBytes(16).toString('base64')
    const policy = `default-src 'self'; script-src 'self' 'nonce-${nonce}' 'strict-dynamic'; style-src 'self' 'nonce-${nonce}'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'`
    const response = await route.fetch({
      headers: { ...request.headers(), 'content-security-policy': policy },
      maxRedirects: 0,
    })
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } })
  })
  return violations
}

async function styleOf(page: Page, selector: string, property: string): Promise<string> {
  return await page
    .locator(selector)
    .first()
    .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property)
}

test('under a strict Content-Security-Policy the page is styled, works and violates nothing', async ({
  context,
  page,
}) => {
  const violations = await withStrictPolicy(page)
  await page.goto('/admin/caches')
  await expect(page.getByLabel('Token')).toBeVisible()
  expect(await styleOf(page, '.cv-root', 'border-radius')).toBe('12px')
  await signIn(context)
  await page.goto('/admin/caches')
  await page.getByRole('button', { name: 'Invalidate bans' }).click()
  await expect(page.getByText(/^was /)).toBeVisible()
  expect(await styleOf(page, '.cv-caches', 'table-layout')).toBe('fixed')
  await page.getByRole('searchbox', { name: 'Filter' }).fill('ban')
  await expect(page.getByRole('button', { name: 'Invalidate settings' })).toBeHidden()
  expect(violations).toEqual([])
})

test('so is the answer to a wrong token', async ({ page }) => {
  const violations = await withStrictPolicy(page)
  await page.goto('/admin/caches/session?token=wrong')
  await expect(page.getByRole('alert')).toBeVisible()
  expect(await styleOf(page, 'main', 'border-radius')).toBe('12px')
  expect(violations).toEqual([])
})
