import { randomBytes } from 'node:crypto'
import { type BrowserContext, expect } from '@playwright/test'
import type { Sql } from 'postgres'
import { adminToken } from './environment.ts'

/** Signs the browser in to the demo's admin page. */
export async function signIn(context: BrowserContext): Promise<void> {
  const answer = await context.request.post('/admin/caches/session', {
    form: { token: adminToken },
    maxRedirects: 0,
  })
  expect(answer.status()).toBe(303)
}

/** Makes a one-time token in SQL, as any program may that writes to the table. */
export async function oneTimeToken(sql: Sql): Promise<string> {
  const token = `once_${randomBytes(32).toString('base64url')}`
  await sql`
    insert into cache_admin_tokens (hash, expires_at)
    values (encode(sha256(${token}::text::bytea), 'hex'), now() + interval '1 hour')`
  return token
}
