import { expect, type Page, test } from '@playwright/test'
import postgres from 'postgres'
import { signIn } from '../harness/sign-in.ts'

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} })
let all = 0

test.beforeAll(async () => {
  await sql`
    insert into cache_versions (cache, version)
    select 'many-' || lpad(n::text, 5, '0'), new_cache_version() from generate_series(1, 10000) as n`
  const [row] = await sql<
    { count: number }[]
  >`select count(*)::int from cache_versions where cache <> cache_of_tags()`
  all = row?.count ?? 0
})

test.afterAll(async () => {
  await sql`delete from cache_versions where cache like 'many-%'`
  await sql`delete from cache_invalidations where cache like 'many-%'`
  await sql.end()
})

test.beforeEach(({ context }) => signIn(context))

function names(page: Page) {
  return page.getByRole('table', { name: 'Caches and their versions' }).getByRole('rowheader')
}

async function follow(page: Page, link: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Pages of the caches' })
    .getByRole('link', { name: link })
    .click()
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled })

    test('ten thousand caches are shown fifty at a time, in the order of their names', async ({ page }) => {
      await page.goto('/admin/caches')
      await expect(page.getByText(`${all.toLocaleString('en')} caches`, { exact: true })).toBeVisible()
      await expect(names(page)).toHaveCount(50)
      const first = await names(page).allTextContents()
      await follow(page, 'Next')
      await expect(page.getByText('Page 2 of 201')).toBeVisible()
      const second = await names(page).allTextContents()
      expect(second).toEqual([...second].sort())
      expect((first.at(-1) ?? '') < (second[0] ?? '')).toBe(true)
      await follow(page, 'Last')
      await expect(page.getByText('Page 201 of 201')).toBeVisible()
      await follow(page, 'Previous')
      await expect(page.getByText('Page 200 of 201')).toBeVisible()
      await follow(page, 'First')
      await expect(names(page).first()).toHaveText(first[0] ?? '')
    })

    test('a search finds caches of every page, and pages what it finds', async ({ page }) => {
      await page.goto('/admin/caches')
      const filter = page.getByRole('searchbox', { name: 'Filter' })
      await filter.fill('MANY-0777')
      await filter.press('Enter')
      await expect(page).toHaveURL(/\?q=MANY-0777$/)
      await expect(names(page)).toHaveCount(10)
      await expect(page.getByText(`10 of ${all.toLocaleString('en')} caches`)).toBeVisible()
      await filter.fill('many-09')
      await filter.press('Enter')
      await expect(page.getByText('Page 1 of 20')).toBeVisible()
      await follow(page, 'Next')
      await expect(page).toHaveURL(/\?q=many-09&page=2#cv-caches$/)
      await expect(names(page).first()).toHaveText('many-09050')
    })

    test('an invalidation on a later page leaves one there, with the row marked', async ({ page }) => {
      await page.goto('/admin/caches?q=many-09&page=2')
      await page.getByRole('button', { name: 'Invalidate many-09051' }).click()
      await expect(page.getByRole('status')).toHaveText(/^many-09051: \S{8} → \S{8}$/)
      await expect(page.getByText(/^was \S{8}$/)).toBeVisible()
      await expect(names(page).first()).toHaveText('many-09050')
    })
  })
}

test('the page of ten thousand caches stays small', async ({ context }) => {
  const bytes = async (path: string) => (await (await context.request.get(path)).body()).byteLength
  // Fifty rows and twenty lines of the log.
  expect(await bytes('/admin/caches?page=7')).toBeLessThan(400_000)
})

test('an address that asks for a page that is not there shows one that is', async ({ context }) => {
  const odd = ['?page=999', '?page=0', '?page=-1', '?page=1e9', '?page=x', '?q=%00many-0001&page=2&before=x']
  for (const search of odd) {
    const html = await (await context.request.get(`/admin/caches${search}`)).text()
    expect(html, search).toMatch(/<th scope="row" class="cv-name">[^<]+<\/th><td class="cv-at-version">/)
    expect(html, search).not.toContain('could not be read')
  }
})

test('invalidating all says how many that is, and that not all are shown', async ({ page }) => {
  await page.goto('/admin/caches?q=bans')
  await page.getByText('Invalidate all…').click()
  await expect(
    page.getByRole('button', { name: `Invalidate all ${all.toLocaleString('en')} caches` }),
  ).toBeVisible()
  await expect(page.getByText(/also those that are not shown here/)).toBeVisible()
})
