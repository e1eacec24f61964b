import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect } from '@playwright/test'
import { runVerb } from 'next-cache-versions/cli'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import { environment } from '../harness/environment.ts'
import type { NextServer } from '../harness/next-server.ts'
import { oneTimeToken } from '../harness/sign-in.ts'
import { test } from '../harness/test.ts'

// Servers of one database, with and without a configured token: what they share, and what they do without Postgres.

const adminToken = 'a-token-of-these-servers-long-enough'

let cluster: Cluster
let one: NextServer
let other: NextServer
let configured: NextServer

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  // With shared tags every page is an error while Postgres cannot be reached.
  const env = { CACHE_VERSIONS_TAGS: 'local' }
  cluster = await startCluster(await built(), { servers: 2, env })
  ;[one, other] = cluster.servers as [NextServer, NextServer]
  configured = await cluster.start({ CACHE_VERSIONS_ADMIN_TOKEN: adminToken })
})

test.afterAll(() => cluster?.stop())

async function open(server: NextServer, cookie = ''): Promise<string> {
  return await (await fetch(`${server.url}/admin/caches`, { headers: { cookie } })).text()
}

function send(server: NextServer, form: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(form)
  return fetch(`${server.url}/admin/caches/session`, { method: 'POST', body, headers, redirect: 'manual' })
}

function follow(server: NextServer, token: string): Promise<Response> {
  return fetch(`${server.url}/admin/caches/session?token=${token}`, { redirect: 'manual' })
}

/** The cookies that an answer sets, as the browser sends them back. */
function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

async function linesOf(server: NextServer, text: string): Promise<string[]> {
  return (await readFile(server.log, 'utf8')).split('\n').filter((line) => line.includes(text))
}

/** Returns what doctor finds of the servers that run. */
async function doctor(urls: readonly string[], env: Record<string, string>): Promise<string[]> {
  let output = ''
  const stdout = { write: (text: string) => (output += text) }
  const args = ['doctor', '--json', ...urls.flatMap((url) => ['--url', url])]
  await runVerb(args, { cwd: tmpdir(), env, stdout })
  expect(output).not.toContain(adminToken)
  const { findings } = JSON.parse(output) as { findings: { part: string; state: string; found: string }[] }
  return findings
    .filter(({ part }) => part === 'Running servers')
    .map(({ state, found }) => `${state}: ${found}`)
}

function statuses(answers: readonly Response[], status: number): number {
  return answers.filter((answer) => answer.status === status).length
}

test('a session that one server began is one on the other, and after signing out on neither', async () => {
  const session = cookiesOf(await follow(one, await oneTimeToken(cluster.sql)))
  for (const server of [one, other]) expect(await open(server, session)).toContain('Signed in as')
  expect((await send(other, { intent: 'sign-out' }, { cookie: session })).status).toBe(303)
  for (const server of [one, other]) expect(await open(server, session)).toContain('This page is closed.')
})

test('a one-time token brought to two servers ten times at once signs in once', async () => {
  const token = await oneTimeToken(cluster.sql)
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => follow(i % 2 ? one : other, token)))
  expect([statuses(answers, 303), statuses(answers, 401)]).toEqual([1, 9])
})

test('without a configured token a server prints one token, until it is used', async () => {
  const printed = async () =>
    (await linesOf(one, 'Sign in once')).map((line) => /once_[\w-]{43}/.exec(line)?.[0] ?? '')
  await Promise.all(Array.from({ length: 20 }, () => open(one)))
  const [token = ''] = await printed()
  expect(await printed()).toHaveLength(1)
  const session = cookiesOf(await send(other, { token }))
  expect(await open(one, session)).toContain('Signed in as')
  await open(one)
  expect(await printed()).toHaveLength(2)
})

for (const { what, servers, token, database, finds } of [
  {
    what: 'one admin token is the same',
    servers: () => [configured],
    token: adminToken,
    finds: ['ok: The admin token and the database of the server are those here'],
  },
  {
    what: 'no server has an admin token',
    servers: () => [one, other],
    token: '',
    finds: ['ok: The admin token and the database of all 2 servers are those here'],
  },
  {
    what: 'one of two servers has no admin token',
    servers: () => [one, configured],
    token: adminToken,
    finds: ['wrong: ONE has no CACHE_VERSIONS_ADMIN_TOKEN, and there is one here'],
  },
  {
    what: 'the admin token is another',
    servers: () => [configured],
    token: `${adminToken}!`,
    finds: [
      'wrong: CONFIGURED has another CACHE_VERSIONS_ADMIN_TOKEN than there is here, or another database',
    ],
  },
  {
    what: 'it has no admin token to compare',
    servers: () => [configured],
    token: '',
    finds: [
      'warning: CONFIGURED has a CACHE_VERSIONS_ADMIN_TOKEN, and there is none here to compare it with',
    ],
  },
  {
    what: 'the database is another',
    servers: () => [one],
    token: '',
    database: () => environment().requestsDatabase,
    finds: ['wrong: ONE has another database than DATABASE_URL names here'],
  },
  {
    what: 'nobody can make a session',
    servers: () => [one],
    token: '',
    database: () => 'postgres://nobody@127.0.0.1:1/none',
    finds: [expect.stringMatching(/^warning: The admin tokens were not compared: .*cannot be reached/)],
  },
]) {
  test(`doctor tells when ${what}, and leaves no session behind`, async () => {
    const sessions = async () => await cluster.sql`select hash from cache_admin_tokens order by hash`
    // Without one each prints a token, which is no session.
    for (const server of [one, other]) await open(server)
    const before = await sessions()
    const urls = servers().map(({ url }) => url)
    const found = await doctor(urls, {
      DATABASE_URL: database?.() ?? cluster.databaseUrl,
      CACHE_VERSIONS_ADMIN_TOKEN: token,
    })
    const compared = found
      .slice(urls.length)
      .map((text) => text.replace(one.url, 'ONE').replace(configured.url, 'CONFIGURED'))
    expect(compared).toEqual(finds)
    expect(await sessions()).toEqual(before)
  })
}

test('wrong tokens are compared five at once, the rest are told to wait, and the log has one line', async () => {
  const from = { 'x-forwarded-for': '198.51.100.1' }
  const before = performance.now()
  const wrong = await Promise.all(
    Array.from({ length: 300 }, (_, i) => send(configured, { token: `wrong-${i}` }, from)),
  )
  const further = (performance.now() - before) / 12_000
  expect(statuses(wrong, 401)).toBeLessThanOrEqual(5 + Math.ceil(further))
  const refused = wrong.filter((answer) => answer.status === 429)
  expect(refused.length).toBe(300 - statuses(wrong, 401))
  for (const answer of refused) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  // Not even the right token reveals at the limit that it is right.
  expect((await send(configured, { token: adminToken }, from)).status).toBe(429)
  const lines = await linesOf(configured, 'wrong')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('198.51.100.1')
  expect(lines[0]).not.toContain('wrong-')
})

test('wrong tokens of one address keep no other out', async () => {
  await Promise.all(
    Array.from({ length: 10 }, () => send(configured, { token: 'x' }, { 'x-forwarded-for': '198.51.100.2' })),
  )
  const owner = await send(configured, { token: adminToken }, { 'x-forwarded-for': '198.51.100.3' })
  expect(owner.status).toBe(303)
})

test('wrong tokens of any number of addresses keep out neither a browser that has signed in before nor a link', async () => {
  const owner = { 'x-forwarded-for': '198.51.100.4' }
  const cookie = cookiesOf(await send(configured, { token: adminToken }, owner))
  await send(configured, { intent: 'sign-out' }, { cookie })
  const flood = Array.from({ length: 100 }, (_, i) =>
    send(configured, { token: 'x' }, { 'x-forwarded-for': `203.0.113.${i}` }),
  )
  expect(statuses(await Promise.all(flood), 401)).toBeLessThanOrEqual(25)
  expect((await send(configured, { token: adminToken }, { 'x-forwarded-for': '192.0.2.1' })).status).toBe(429)
  expect((await send(configured, { token: adminToken }, { ...owner, cookie })).status).toBe(303)
  expect((await follow(configured, await oneTimeToken(cluster.sql))).status).toBe(303)
})

test('while Postgres cannot be reached nobody is recognised, and who is signed in stays so', async () => {
  const token = await oneTimeToken(cluster.sql)
  const session = cookiesOf(await follow(one, await oneTimeToken(cluster.sql)))
  await cluster.gate.close()
  try {
    const page = await open(one, session)
    expect(page).toContain('Nobody can sign in or be recognised now')
    expect(page).not.toContain(String(cluster.gate.port))
    expect((await follow(one, token)).status).toBe(503)
    const signOut = await send(one, { intent: 'sign-out' }, { cookie: session })
    expect([signOut.status, signOut.headers.getSetCookie()]).toEqual([503, []])
    expect(await linesOf(one, 'sessions of the admin page cannot be looked up')).toHaveLength(1)
  } finally {
    await cluster.gate.open()
  }
  expect(await open(one, session)).toContain('Signed in as')
  expect((await follow(one, token)).status).toBe(303)
})

test('a restart signs nobody out', async () => {
  const session = cookiesOf(await follow(other, await oneTimeToken(cluster.sql)))
  const again = await cluster.start()
  expect(await open(again, session)).toContain('Signed in as')
  await again.stop()
})
