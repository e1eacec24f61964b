import { expect, type Page, test } from '@playwright/test'
import axe from 'axe-core'
import postgres from 'postgres'
import { signIn } from '../harness/sign-in.ts'

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} })
const tags = ['x'.repeat(256), `<b>"quotes'</b> ${'日本語 '.repeat(8)}`, '_N_T_/posts/[id]/page']

test.afterAll(() => sql.end())

async function expectAccessible(page: Page): Promise<void> {
  // Next streams the title after the page.
  await expect(page).toHaveTitle(/./)
  await page.evaluate(axe.source)
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    const results = await axe.run()
    return results.violations.map(({ id, nodes }) => ({ id, targets: nodes.map(({ target }) => target) }))
  })
  expect(violations).toEqual([])
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return scrollWidth - clientWidth
  })
  expect(overflow).toBe(0)
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 380]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      // Reduced motion, so that axe sees colours at rest.
      test.use({ colorScheme, viewport: { width, height: 800 }, contextOptions: { reducedMotion: 'reduce' } })

      test('the page has no axe violation and does not overflow, closed, open and after actions', async ({
        context,
        page,
      }) => {
        await page.goto('/admin/caches')
        await expectAccessible(page)
        await page.goto('/admin/caches/session?token=wrong')
        await expectAccessible(page)
        await signIn(context)
        for (const tag of tags) await sql`select invalidate_tag(${tag})`
        await page.goto('/admin/caches')
        await expectAccessible(page)
        await page.getByRole('button', { name: 'Invalidate bans' }).click()
        await expect(page.getByText(/^was /)).toBeVisible()
        await expectAccessible(page)
        await page.getByText('Invalidate a tag or path…').click()
        await expectAccessible(page)
        await page.keyboard.press('Escape')
        await page.getByText('Invalidate all…').click()
        await expectAccessible(page)
      })
    })
  }
}
