import { expect, test } from '@playwright/test'
import { adminToken } from '../harness/environment.ts'

test.use({ javaScriptEnabled: false })

test('without JavaScript one signs in, filters, invalidates a cache, a path and then all', async ({
  page,
}) => {
  await page.goto('/admin/caches')
  await page.getByLabel('Token').fill(adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()

  await page.getByRole('searchbox', { name: 'Filter' }).fill('ban')
  await page.getByRole('button', { name: 'Filter' }).click()
  await expect(page).toHaveURL(/\?q=ban$/)
  await expect(page.getByRole('button', { name: 'Invalidate bans' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Invalidate settings' })).toBeHidden()

  await page.getByRole('button', { name: 'Invalidate bans' }).click()
  await expect(page.getByRole('status')).toHaveText(/^bans: \S{8} → \S{8}$/)
  await expect(page.getByText(/^was \S{8}$/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Invalidate settings' })).toBeHidden()

  await page.getByText('Invalidate a tag or path…').click()
  await page.getByLabel('The tag or path').fill('/posts/42')
  await page.getByRole('button', { name: 'Invalidate it' }).click()
  await expect(page.getByRole('status')).toHaveText('The path “/posts/42” was invalidated.')
  await page.getByRole('searchbox', { name: 'Tag or path' }).fill('/posts/4')
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(page).toHaveURL(/\?q=ban&tag=%2Fposts%2F4#cv-log$/)
  await expect(page.getByRole('rowheader', { name: '/posts/42' })).toBeVisible()

  await page.getByText('Invalidate all…').click()
  await page.getByRole('button', { name: /^Invalidate all \d+ caches$/ }).click()
  await expect(page.getByRole('status')).toHaveText(/^All \d+ caches have new versions\.$/)
})
