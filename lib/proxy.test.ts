import { type NextFetchEvent, NextRequest, NextResponse } from 'next/server.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withCacheVersions } from './proxy.ts'
import { verifyHandover } from './request/handover.ts'
import { createTestDatabase, type TestDatabase } from './test/database.ts'
import { readCacheVersions } from './versions/read.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

async function run(
  proxy: ReturnType<typeof withCacheVersions>,
  headers: HeadersInit = {},
): Promise<Response> {
  const request = new NextRequest('http://forum.test/page', { headers })
  return (await proxy(request, {} as NextFetchEvent)) as Response
}

/** The request headers as the page will see them. */
function forwarded(response: Response, name: string): string | null {
  const list = response.headers.get('x-middleware-override-headers')?.split(',') ?? []
  return list.includes(name) ? response.headers.get(`x-middleware-request-${name}`) : null
}

test('hands the current versions to the page and keeps the other headers', async () => {
  const response = await run(withCacheVersions(), { accept: 'text/html' })
  expect(verifyHandover(forwarded(response, 'x-cache-versions'))).toEqual(await readCacheVersions())
  expect(forwarded(response, 'accept')).toBe('text/html')
})

test('replaces the header that a client sends', async () => {
  const response = await run(withCacheVersions(), { 'x-cache-versions': 'forged' })
  expect(verifyHandover(forwarded(response, 'x-cache-versions'))).toBeDefined()
})

test("keeps what the app's own proxy does", async () => {
  const response = await run(
    withCacheVersions((request) => {
      const headers = new Headers(request.headers)
      headers.set('x-user', 'anna')
      headers.delete('accept')
      const next = NextResponse.next({ request: { headers } })
      next.cookies.set('seen', '1')
      return next
    }),
    { accept: 'text/html' },
  )
  expect(forwarded(response, 'x-user')).toBe('anna')
  expect(forwarded(response, 'accept')).toBeNull()
  expect(response.headers.get('set-cookie')).toContain('seen=1')
  expect(verifyHandover(forwarded(response, 'x-cache-versions'))).toBeDefined()
})

test('a redirect and an answer of its own pass as they are', async () => {
  const redirect = await run(withCacheVersions(() => NextResponse.redirect('http://forum.test/login')))
  expect(redirect.status).toBe(307)
  expect(redirect.headers.get('x-middleware-override-headers')).toBeNull()
  const answer = await run(withCacheVersions(() => new Response('no', { status: 403 })))
  expect([answer.status, await answer.text()]).toEqual([403, 'no'])
})

test('a rewrite within the app carries the versions, one to another origin does not', async () => {
  const within = await run(withCacheVersions(() => NextResponse.rewrite('http://forum.test/other')))
  expect(forwarded(within, 'x-cache-versions')).not.toBeNull()
  const outside = await run(withCacheVersions(() => NextResponse.rewrite('http://elsewhere.test/')))
  expect(forwarded(outside, 'x-cache-versions')).toBeNull()
})

test('with Postgres out of reach the page is served, without the header a client sent', async () => {
  const usual = process.env.DATABASE_URL
  process.env.DATABASE_URL = 'postgres://127.0.0.1:1/nowhere'
  try {
    const response = await run(withCacheVersions(), { 'x-cache-versions': 'forged', accept: 'text/html' })
    expect(response.headers.get('x-middleware-next')).toBe('1')
    expect(forwarded(response, 'x-cache-versions')).toBeNull()
    expect(forwarded(response, 'accept')).toBe('text/html')
  } finally {
    process.env.DATABASE_URL = usual
  }
})
