import { type BrowserContext, expect } from '@playwright/test'
import { adminToken } from './environment.ts'

/** Signs the browser in to the demo's admin page. */
export async function signIn(context: BrowserContext): Promise<void> {
  const answer = await context.request.post('/admin/caches/session', {
    form: { token: adminToken },
    maxRedirects: 0,
  })
  expect(answer.status()).toBe(303)
}
