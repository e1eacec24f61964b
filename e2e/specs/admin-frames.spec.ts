import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, type Page, test } from '@playwright/test'
import { signIn } from '../harness/sign-in.ts'

let outside: Server

test.beforeAll(async () => {
  outside = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(
      `<iframe src="${process.env.E2E_DEMO_URL}${request.url}" width="1000" height="700"></iframe>`,
    )
  }).listen(0)
  await once(outside, 'listening')
})

test.afterAll(() => {
  outside.closeAllConnections()
  outside.close()
})

/** Shows a page of the demo inside one of another port, which is of the same site: the cookie comes along. */
async function openInFrame(page: Page, path: string) {
  await page.goto(`http://localhost:${(outside.address() as AddressInfo).port}${path}`)
  return page.frameLocator('iframe')
}

test.beforeEach(({ context }) => signIn(context))

test('the page shows no button inside another page', async ({ page }) => {
  const frame = await openInFrame(page, '/admin/caches')
  await expect(frame.getByText('This page does not open inside another page.')).toBeVisible()
  await expect(frame.getByRole('button')).toHaveCount(0)
})

test('nor when it is come to by a link inside the frame', async ({ page }) => {
  const frame = await openInFrame(page, '/bans')
  await frame.getByRole('link', { name: 'Caches', exact: true }).click()
  await expect(frame.getByText('This page does not open inside another page.')).toBeVisible()
  await expect(frame.getByRole('button', { name: /Invalidate/ })).toHaveCount(0)
})

test('the answers of the session route may not be framed', async ({ request }) => {
  const answer = await request.get('/admin/caches/session?token=wrong')
  expect(answer.headers()['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(answer.headers()['x-frame-options']).toBe('DENY')
})
