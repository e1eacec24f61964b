import { expect, type Page } from '@playwright/test'
import { type Cluster, invalidateBySql } from '../harness/cluster.ts'
import type { NextServer } from '../harness/next-server.ts'
import { test } from '../harness/test.ts'

let cluster: Cluster
let server: NextServer

test.beforeAll(({ shared }) => {
  cluster = shared
  ;[server] = cluster.servers as [NextServer]
})

/** The first value that each linked page shows. */
const firstValues = {
  '/versioned': '#value',
  '/fetched': '#value',
  '/shell': '#shell',
  '/param/one': '#shared',
}

for (const [path, first] of Object.entries(firstValues)) {
  test(`after an action the link to ${path}, prefetched before, shows the new data, and so does the way back`, async ({
    page,
  }) => {
    for (const value of [`one${path}`, `two${path}`]) {
      await prefetched(page, path, () => page.goto(`${server.url}/links`))
      await page.getByRole('link', { name: path }).click()
      await expect(page.locator(first)).not.toBeEmpty()
      await page.goBack()
      await page.locator('[name=value]').fill(value)
      await prefetched(page, path, () => page.getByRole('button').click())
      await expect(page.locator('#here')).toHaveText(value)
      await page.getByRole('link', { name: path }).click()
      await expect(page).toHaveURL(server.url + path)
      expect(await page.locator(first).textContent()).toBe(value)
      await page.goBack()
      await expect(page).toHaveURL(`${server.url}/links`)
      expect(await page.locator('#here').textContent()).toBe(value)
    }
  })

  test(`after an invalidation from elsewhere a browser that knows ${path} gets the new data`, async ({
    page,
  }) => {
    for (const value of [`three${path}`, `four${path}`]) {
      await page.goto(server.url + path)
      await invalidateBySql(cluster, value)
      await page.goto(server.url + path)
      await expect(page.locator(first)).toHaveText(value)
      await prefetched(page, path, () => page.goto(`${server.url}/links`))
      await page.getByRole('link', { name: path }).click()
      await expect(page).toHaveURL(server.url + path)
      expect(await page.locator(first).textContent()).toBe(value)
    }
  })
}

/** Does the work and waits until the link to the path has been prefetched after it. */
async function prefetched(page: Page, path: string, work: () => Promise<unknown>): Promise<void> {
  const response = page.waitForResponse((response) => {
    const segment = response.request().headers()['next-router-segment-prefetch']
    return segment?.endsWith('__PAGE__') === true && new URL(response.url()).pathname === path
  })
  await work()
  await (await response).finished()
}
