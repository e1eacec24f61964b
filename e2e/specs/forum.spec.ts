import { readFileSync } from 'node:fs'
import { expect, type Locator, type Page, test } from '@playwright/test'
import postgres from 'postgres'

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} })

test.afterAll(() => sql.end())

async function versionOf(cache: string): Promise<string> {
  const rows = await sql<{ version: string }[]>`select version from cache_versions where cache = ${cache}`
  return rows[0]?.version ?? ''
}

function receipt(page: Page, of: string): Locator {
  return page.getByRole('region', { name: `Receipt: ${of}` })
}

function answer(page: Page, form: string): Locator {
  return page.getByRole('form', { name: form }).getByRole('status')
}

async function ban(page: Page, name: string): Promise<void> {
  const form = page.getByRole('form', { name: 'Ban a name' })
  await form.getByLabel('Name').fill(name)
  await form.getByLabel('Reason').fill('Written by a test')
  await form.getByRole('button', { name: 'Ban' }).click()
}

async function lift(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Lift the ban of ${name}` }).click()
  await expect(answer(page, 'Bans')).toContainText(`The ban of “${name}” is lifted.`)
}

test('a second view is a hit under the same key', async ({ page }) => {
  await page.goto('/bans')
  const key = `bans:${await versionOf('bans')}`
  await expect(receipt(page, 'The bans')).toContainText(key)
  await page.reload()
  await expect(receipt(page, 'The bans')).toContainText(key)
  await expect(receipt(page, 'The bans')).toContainText('Hit')
})

test('a write shows at once, computed under a new version', async ({ page }) => {
  await page.goto('/bans')
  const before = await versionOf('bans')
  await ban(page, 'mallory')
  await expect(answer(page, 'Ban a name')).toContainText('“mallory” is banned.')
  const after = await versionOf('bans')
  expect(after).not.toBe(before)
  await expect(answer(page, 'Ban a name')).toContainText(after)
  await expect(page.getByRole('button', { name: 'Lift the ban of mallory' })).toBeVisible()
  await expect(receipt(page, 'The bans')).toContainText(`bans:${after}`)
  await expect(receipt(page, 'The bans')).toContainText('Computed')
  await lift(page, 'mallory')
})

test('after an UPDATE of cache_versions the next view computes its values again', async ({ page }) => {
  await page.goto('/bans')
  await sql`update cache_versions set version = new_cache_version() where cache = 'bans'`
  await page.reload()
  await expect(receipt(page, 'The bans')).toContainText('Computed')
  await expect(receipt(page, 'The bans')).toContainText(await versionOf('bans'))
})

test('the first page sees a version change without being asked again', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByText('The same: the next view is a hit.')).toBeVisible()
  await sql`select invalidate_cache('bans')`
  await expect(page.getByText('Another: the next view is computed.')).toBeVisible()
  await page.getByRole('button', { name: 'View again' }).click()
  await expect(page.getByText('The same: the next view is a hit.')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Receipt:' })).toContainText('Computed')
})

test('the permissions of a group depend on the rules and on the tree', async ({ page }) => {
  const shown = receipt(page, 'The permissions of Guests')
  for (const cache of ['permissions', 'categories']) {
    await page.goto('/permissions?group=6')
    await page.reload()
    await expect(shown).toContainText('Hit')
    await sql`select invalidate_cache(${cache})`
    await page.reload()
    await expect(shown).toContainText('Computed')
    await expect(shown).toContainText(
      `acl:${await versionOf('permissions')}:${await versionOf('categories')}:6`,
    )
  }
})

test('a permission of a root holds for all below it, at once', async ({ page }) => {
  await page.goto('/permissions?group=6')
  const cell = page.getByRole('button', { name: 'start in Cooking' })
  await expect(cell).toHaveText('0/31')
  await cell.click()
  await expect(answer(page, 'Change a permission')).toContainText('Guests may now start in Cooking.')
  await expect(cell).not.toHaveText('0/31')
  await cell.click()
  await expect(cell).toHaveText('0/31')
})

test('a renamed category has its new name at once', async ({ page }) => {
  await page.goto('/categories?category=14')
  const name = page.getByLabel('New name')
  const old = await name.inputValue()
  for (const next of ['Written by a test', old]) {
    await name.fill(next)
    await page.getByRole('button', { name: 'Rename' }).click()
    await expect(page.getByText(`The category is now “${next}”.`)).toBeVisible()
    await expect(page.locator('a[href="/categories?category=14"]')).toHaveText(next)
  }
})

test('new settings stand in the header and the title at once', async ({ page }) => {
  await page.goto('/settings')
  const name = page.getByLabel('Forum name')
  const old = await name.inputValue()
  for (const next of ['Written by a test', old]) {
    await name.fill(next)
    await page.getByRole('button', { name: 'Save settings' }).click()
    await expect(page.getByRole('banner')).toContainText(next)
    await expect(page).toHaveTitle(`Settings · ${next}`)
  }
})

test('invalid input says what is allowed and changes nothing', async ({ page }) => {
  await page.goto('/settings')
  const before = await versionOf('settings')
  await page.getByLabel('Posts per page').fill('many')
  await page.getByLabel('Forum name').fill('x'.repeat(61))
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByText('Write a whole number from 5 to 100.')).toBeVisible()
  await expect(page.getByText('Write 1 to 60 characters; this has 61.')).toBeVisible()
  await expect(answer(page, 'Settings')).toHaveText('Nothing was changed.')
  await expect(page.getByLabel('Posts per page')).toHaveValue('many')
  expect(await versionOf('settings')).toBe(before)
})

test('a name is checked against the cached bans', async ({ page }) => {
  await page.goto('/bans')
  await page.getByRole('form', { name: 'Check a name' }).getByLabel('Name').fill('Administrator')
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(answer(page, 'Check a name')).toContainText('“Administrator” is banned by admin*')
  await expect(page).toHaveURL(/check=Administrator/)
  await page.goto('/bans?check=anna')
  await expect(answer(page, 'Check a name')).toHaveText('“anna” may sign up.')
})

test('the static page is revalidated at the first request after a plain UPDATE', async ({ page }) => {
  const madeAt = () => page.getByLabel('Receipt: this page').locator('time').getAttribute('datetime')
  await page.goto('/static')
  const first = await madeAt()
  await page.goto('/static')
  expect(await madeAt()).toBe(first)
  await sql`update cache_versions set version = new_cache_version() where cache = 'bans'`
  await page.goto('/static')
  expect(await madeAt()).not.toBe(first)
})

test('a route handler answers with the versions of now', async ({ request }) => {
  await sql`select invalidate_cache('settings')`
  const body = await (await request.get('/api/versions')).json()
  expect(body.versions.settings).toBe(await versionOf('settings'))
  expect(body.receipt).toMatchObject({ result: 'miss', key: `settings:${body.versions.settings}` })
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a form is posted, and answers', async ({ page }) => {
    await page.goto('/bans')
    await ban(page, 'x')
    await expect(page.getByText('Write 2 to 40 letters')).toBeVisible()
    await ban(page, 'mallory')
    await expect(answer(page, 'Ban a name')).toContainText('“mallory” is banned.')
    await lift(page, 'mallory')
  })
})

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme })

    test('no page has a violation that axe knows of, or is wider than a phone', async ({ page }) => {
      await page.setViewportSize({ width: 380, height: 800 })
      for (const path of ['/', '/settings', '/categories', '/permissions', '/bans?check=admin', '/static']) {
        await page.goto(path)
        const violations = await page.evaluate(`${axe}; axe.run().then((result) => result.violations)`)
        expect(violations, path).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(380)
      }
    })
  })
}

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
