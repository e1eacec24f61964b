import { expect, type Page, test } from '@playwright/test'
import postgres from 'postgres'
import { signIn } from '../harness/sign-in.ts'

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 2, onnotice: () => {} })

test.afterAll(() => sql.end())

test.beforeEach(async ({ context, page }) => {
  await signIn(context)
  await page.goto('/admin/caches')
})

async function versionOf(cache: string): Promise<string> {
  const [row] = await sql<{ version: string }[]>`select version from cache_versions where cache = ${cache}`
  return row?.version ?? ''
}

function row(page: Page, cache: string) {
  return page
    .getByRole('table', { name: 'Caches and their versions' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: cache, exact: true }) })
}

test('every cache is there with its version, and who invalidated it last, and why', async ({ page }) => {
  await sql`insert into cache_invalidations (cache, actor, reason) values ('bans', 'anna', 'ban created')`
  await page.reload()
  const names = await sql<
    { cache: string }[]
  >`select cache from cache_versions where cache <> cache_of_tags() order by cache`
  for (const { cache } of names) await expect(row(page, cache)).toContainText(await versionOf(cache))
  await expect(row(page, 'bans')).toContainText('anna')
  await expect(row(page, 'bans')).toContainText('ban created')
  await expect(row(page, 'bans').getByRole('img')).toHaveAccessibleName(
    /^\d+ invalidations? in the last 24 hours$/,
  )
})

test('the button of a cache invalidates it, says both versions and marks the row until the next action', async ({
  page,
}) => {
  const from = await versionOf('bans')
  await page.getByRole('button', { name: 'Invalidate bans' }).click()
  const status = page.getByRole('status')
  await expect(status).toHaveText(new RegExp(`^bans: ${from} → \\S{8}$`))
  const to = await versionOf('bans')
  await expect(status).toHaveText(`bans: ${from} → ${to}`)
  await expect(row(page, 'bans')).toContainText(to)
  await expect(row(page, 'bans')).toContainText(`was ${from}`)
  await expect(page.getByText(/^was /)).toHaveCount(1)
  await page.getByRole('button', { name: 'Invalidate settings' }).click()
  await expect(row(page, 'settings')).toContainText('was ')
  await expect(row(page, 'bans')).not.toContainText('was ')
})

test('a button shows that its invalidation is under way, and keeps the focus', async ({ page }) => {
  const holder = await sql.reserve()
  const button = page.getByRole('button', { name: 'Invalidate bans' })
  try {
    await holder`begin`
    await holder`select from cache_versions where cache = 'bans' for update`
    await button.click()
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    await expect(button).toBeFocused()
    await expect(page.getByRole('button', { name: 'Invalidate settings' })).toHaveAttribute(
      'aria-disabled',
      'false',
    )
  } finally {
    await holder`rollback`
    holder.release()
  }
  await expect(page.getByRole('status')).toHaveText(/^bans: /)
  await expect(button).toHaveAttribute('aria-disabled', 'false')
  await expect(button).toBeFocused()
})

test('the filter works while typing, and Enter keeps it in the address', async ({ page }) => {
  const filter = page.getByRole('searchbox', { name: 'Filter' })
  await filter.fill('BAN')
  await expect(row(page, 'bans')).toBeVisible()
  await expect(row(page, 'settings')).toBeHidden()
  await filter.press('Enter')
  await expect(page).toHaveURL(/\?q=BAN$/)
  await page.reload()
  await expect(row(page, 'bans')).toBeVisible()
  await expect(row(page, 'settings')).toBeHidden()
  await filter.fill('no such cache')
  await expect(page.getByText('No cache has “no such cache” in its name.')).toBeVisible()
  await filter.fill('')
  await expect(row(page, 'settings')).toBeVisible()
})

test('all caches are invalidated behind a confirmation, with a reason for the log', async ({ page }) => {
  const before = await sql<
    { cache: string; version: string }[]
  >`select cache, version from cache_versions where cache <> cache_of_tags()`
  const confirm = page.getByRole('button', { name: `Invalidate all ${before.length} caches` })
  await expect(confirm).toBeHidden()
  await page.getByText('Invalidate all…').click()
  await page.getByLabel('Reason, for the log').fill('after the import')
  await confirm.click()
  await expect(page.getByRole('status')).toHaveText(`All ${before.length} caches have new versions.`)
  for (const { cache, version } of before) expect(await versionOf(cache)).not.toBe(version)
  await expect(row(page, 'bans')).toContainText('after the import')
  await expect(confirm).toBeHidden()
})

test('Escape closes the confirmation and gives the focus back', async ({ page }) => {
  const summary = page.getByText('Invalidate all…')
  await summary.focus()
  await page.keyboard.press('Enter')
  const reason = page.getByLabel('Reason, for the log')
  await page.keyboard.press('Tab')
  await expect(reason).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(reason).toBeHidden()
  await expect(summary).toBeFocused()
})

test('a cache is invalidated with the keyboard alone', async ({ page }) => {
  await page.getByRole('searchbox', { name: 'Filter' }).focus()
  const button = page.getByRole('button', { name: 'Invalidate bans' })
  for (let presses = 0; presses < 10; presses++) {
    if (await button.evaluate((element) => element === document.activeElement)) break
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status')).toHaveText(/^bans: /)
})

function logTable(page: Page) {
  return page.getByRole('table', { name: 'Invalidations, the newest first' })
}

/** The lines of the log, by the cache or tag of each. */
function lines(page: Page) {
  return logTable(page).getByRole('rowheader')
}

test('the log shows tags and paths beside caches, whatever is in them', async ({ page }) => {
  const script = `<script>alert('1')</script>"&amp;`
  // It is every cache too.
  await sql`select invalidate_tag('*')`
  for (const tag of [script, 'café', '_N_T_/posts/42', '_N_T_/posts/[id]/page', '_N_T_/layout'])
    await sql`select invalidate_tag(${tag})`
  await sql`select write_tag_invalidations(array['post:42'], 60, 'post edited', 'anna', 'route', 2)`
  await page.reload()
  const shown = ['post:42tag', '/layout', '/posts/[id]page', '/posts/42path', 'cafétag', `${script}tag`]
  const all = await lines(page).allTextContents()
  expect(all.slice(0, shown.length)).toEqual(shown)
  expect(all).toContain('all tags and paths')
  const newest = logTable(page).getByRole('row').filter({ hasText: 'post edited' }).first()
  await expect(newest).toContainText('annaroute')
  await expect(newest).toContainText('post editedstale for 60 s, then expired')
  await expect(row(page, 'next-cache-versions/tags')).toHaveCount(0)
})

test('the log is searched by the beginning of a tag or path, page by page, beside the filter', async ({
  page,
}) => {
  const mark = `${Date.now()}`
  for (let n = 0; n < 21; n++) await sql`select invalidate_tag(${`${mark}:${n}`}, ${`_N_T_/${mark}/${n}`})`
  await page.goto('/admin/caches?q=ban')
  const search = page.getByRole('searchbox', { name: 'Tag or path' })
  await search.fill(`${mark}:`)
  await expect(lines(page)).toHaveCount(20)
  await expect(lines(page).first()).toHaveText(`${mark}:20tag`)
  await page.getByRole('link', { name: 'Older' }).click()
  await expect(lines(page)).toHaveText([`${mark}:0tag`])
  await search.fill(`/${mark}/2`)
  await expect(lines(page)).toHaveText([`/${mark}/20path`, `/${mark}/2path`])
  await expect(page.getByRole('searchbox', { name: 'Filter' })).toHaveValue('ban')
  await page.reload()
  await expect(lines(page)).toHaveCount(2)
  await search.fill(`${mark}-none`)
  await expect(
    page.getByText(`No tag or path that begins with “${mark}-none” was invalidated.`),
  ).toBeVisible()
})

test('a tag and the page of a route are invalidated by a form, with a reason for the log', async ({
  page,
}) => {
  const summary = page.getByText('Invalidate a tag or path…')
  const field = page.getByLabel('The tag or path')
  const submit = page.getByRole('button', { name: 'Invalidate it' })
  await expect(submit).toBeHidden()
  await summary.click()
  await field.fill('post:42')
  await page.getByLabel('Why, for the log').fill('edited in psql')
  await submit.click()
  await expect(page.getByRole('status')).toHaveText('The tag “post:42” was invalidated.')
  await expect(submit).toBeHidden()
  await expect(lines(page).first()).toHaveText('post:42tag')
  await summary.click()
  await field.fill('/posts/[id]')
  await submit.click()
  await expect(page.getByRole('status')).toContainText('"/posts/[id]" stands for no page.')
  await field.fill('/posts/[id]')
  await page.getByLabel('A path is').selectOption('page')
  await submit.click()
  await expect(page.getByRole('status')).toHaveText('The page “/posts/[id]” was invalidated.')
  const written = await sql`
    select tag, actor, reason, source from cache_invalidations where tag <> '' order by id desc limit 2`
  expect([...written]).toEqual([
    { tag: '_N_T_/posts/[id]/page', actor: 'admin', reason: 'admin page', source: 'action' },
    { tag: 'post:42', actor: 'admin', reason: 'edited in psql', source: 'action' },
  ])
})

test('the log goes back page by page, and to the newest again', async ({ page }) => {
  for (let line = 0; line < 41; line++) await sql`select invalidate_cache('bans')`
  await page.reload()
  const rows = logTable(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') })
  await expect(rows).toHaveCount(20)
  await expect(rows.first()).toContainText(await versionOf('bans'))
  await page.getByRole('link', { name: 'Older' }).click()
  await expect(rows).toHaveCount(20)
  await expect(rows.first()).not.toContainText(await versionOf('bans'))
  await page.getByRole('link', { name: 'Newest' }).click()
  await expect(rows.first()).toContainText(await versionOf('bans'))
})
