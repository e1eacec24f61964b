import { userInfo } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { leaseHolder } from '../../test/lease-holder.ts'
import { callVerb } from '../../test/verb.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase([])
  // Whatever caches the migrations of the demo start.
  await database.sql`select stop_cache_versioning(cache) from cache_versions`
  await database.sql`select start_cache_versioning('bans'), start_cache_versioning('settings')`
})
afterAll(() => database.drop())

async function versions(): Promise<Record<string, string>> {
  const rows = await database.sql<
    { cache: string; version: string }[]
  >`select cache, version from cache_versions`
  return Object.fromEntries(rows.map(({ cache, version }) => [cache, version]))
}

async function lastInvalidation() {
  const [row] = await database.sql`
    select cache, reason, actor, source from cache_invalidations order by id desc limit 1`
  return row
}

test('invalidate gives the named caches new versions, each once, and prints old and new', async () => {
  const before = await versions()
  const { code, stdout } = await callVerb(['invalidate', 'settings', 'bans', 'settings'])
  const after = await versions()
  expect(after.bans).not.toBe(before.bans)
  expect(stdout).toBe(
    `settings  ${before.settings} → ${after.settings}\nbans      ${before.bans} → ${after.bans}\n`,
  )
  expect(code).toBe(0)
})

test('invalidate leaves other caches alone and logs reason, actor and source', async () => {
  const before = await versions()
  await callVerb(['invalidate', 'bans', '--reason', 'a test', '--actor', 'anna'])
  expect((await versions()).settings).toBe(before.settings)
  expect(await lastInvalidation()).toEqual({ cache: 'bans', reason: 'a test', actor: 'anna', source: 'cli' })
})

test('invalidate logs the user of the system, and the beginning of a reason that is too long', async () => {
  await callVerb(['invalidate', 'bans', '--reason', 'x'.repeat(600)])
  expect(await lastInvalidation()).toMatchObject({ reason: 'x'.repeat(500), actor: userInfo().username })
})

test('invalidate prints only JSON with --json', async () => {
  const before = await versions()
  const { stdout } = await callVerb(['invalidate', 'bans', '--json'])
  const { bans } = await versions()
  expect(JSON.parse(stdout)).toEqual([{ cache: 'bans', previousVersion: before.bans, version: bans }])
})

test('an unknown cache suggests the nearest and invalidates nothing', async () => {
  const before = await versions()
  for (const argv of [
    ['invalidate', 'settings', 'bnas', '--json'],
    ['invalidate', 'settings', 'bnas', '--dry-run'],
  ]) {
    const { code, stdout, stderr } = await callVerb(argv)
    expect(stderr).toContain('Cache "bnas" is not versioned. Did you mean "bans"?')
    expect(stdout).toBe('')
    expect(code).toBe(1)
  }
  expect(await versions()).toEqual(before)
})

test('a name that cannot be one is refused with what is allowed', async () => {
  for (const name of ['', 'a\u0007b', 'x'.repeat(129)]) {
    const { code, stderr } = await callVerb(['invalidate', name])
    expect(stderr).toContain('is not a cache name. Use 1 to 128 characters: letters, digits')
    expect(code).toBe(2)
  }
})

test('invalidate-all gives every cache a new version and says how many', async () => {
  const before = await versions()
  const { code, stdout } = await callVerb(['invalidate-all', '--reason', 'all of them'])
  const after = await versions()
  expect(stdout).toBe('Invalidated 2 caches.\n')
  expect(code).toBe(0)
  for (const cache of ['bans', 'settings']) expect(after[cache]).not.toBe(before[cache])
  expect(await lastInvalidation()).toMatchObject({ reason: 'all of them', source: 'cli' })
})

test('invalidate-all refuses names, which it would not heed', async () => {
  const before = await versions()
  const { code, stderr } = await callVerb(['invalidate-all', 'bans'], { command: (verb) => `run ${verb}` })
  expect(stderr).toContain('To invalidate only some: run invalidate bans')
  expect(code).toBe(2)
  expect(await versions()).toEqual(before)
})

test('a dry run says what would be invalidated and invalidates nothing', async () => {
  const before = await versions()
  const one = await callVerb(['invalidate', 'bans', '--dry-run'])
  expect(one.stdout).toBe(`bans  ${before.bans} would change\n`)
  const all = await callVerb(['invalidate-all', '--dry-run', '--json'])
  expect(JSON.parse(all.stdout)).toEqual({ invalidated: ['bans', 'settings'] })
  expect(await versions()).toEqual(before)
})

test('list shows every cache with its version and last invalidation', async () => {
  await callVerb(['invalidate', 'bans', '--reason', 'two\nlines', '--actor', 'anna'])
  const { bans, settings } = await versions()
  const { code, stdout } = await callVerb(['list'])
  const [head, first, ...others] = stdout.split('\n')
  expect(head).toMatch(/^CACHE +VERSION +INVALIDATED +BY +FROM +WHY$/)
  expect(first).toMatch(new RegExp(`^bans +${bans}  [-0-9]{10} [:0-9]{8}Z  anna +cli +two lines$`))
  expect(others).toContainEqual(expect.stringMatching(new RegExp(`^settings +${settings}`)))
  expect(code).toBe(0)
})

test('list prints the same as JSON', async () => {
  await callVerb(['invalidate', 'bans', '--reason', 'json', '--actor', 'anna'])
  const { caches, leases } = JSON.parse((await callVerb(['list', '--json'])).stdout)
  expect(leases).toEqual([])
  expect(caches[0]).toEqual({
    cache: 'bans',
    version: (await versions()).bans,
    invalidatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    actor: 'anna',
    source: 'cli',
    reason: 'json',
  })
})

test('list shows the servers that hold a lease now, and log how many an invalidation recalled', async () => {
  const before = await callVerb(['list'])
  await database.sql`select await_former_cache_version_leases()`
  const holder = await leaseHolder(database.url, 'next-cache-versions lease web-1:4711')
  const other = await leaseHolder(database.url, 'psql')
  await Promise.all([holder.hold(), other.hold()])
  const { stdout } = await callVerb(['list'])
  const theirs = `session ${other.pid} of Postgres`
  expect(stdout).toBe(`${before.stdout}\n2 servers hold a lease: ${theirs}, web-1:4711\n`)
  const { leases } = JSON.parse((await callVerb(['list', '--json'])).stdout)
  expect(leases).toEqual([
    { server: theirs, pid: other.pid },
    { server: 'web-1:4711', pid: holder.pid },
  ])
  const sleeps = [holder.sleep(), other.sleep()]
  const invalidation = callVerb(['invalidate', 'bans', '--reason', 'recalled'])
  await Promise.all(sleeps)
  await Promise.all([holder.giveUp(), other.giveUp()])
  await invalidation
  await Promise.all([holder.cut(), other.cut()])
  expect((await callVerb(['list'])).stdout).not.toContain('lease')
  const log = await callVerb(['log', '--cache', 'bans', '--limit', '1'])
  expect(log.stdout).toMatch(/^LINE .* FROM +RECALLED +WHY\n.* cli +2 leases, \d+(\.\d)? ms +recalled\n$/)
})

test('log shows the newest lines, and those before a line', async () => {
  for (const reason of ['first', 'second', 'third'])
    await callVerb(['invalidate', 'bans', '--reason', reason])
  const newest = await callVerb(['log', '--limit', '2'])
  expect(newest.stdout).toMatch(/^LINE .* WHY\n\d+ .* third\n\d+ .* second\n$/)
  const line = /(\d+) .* second$/m.exec(newest.stdout)?.[1] ?? ''
  const [before] = JSON.parse((await callVerb(['log', '--before', line, '--limit', '1', '--json'])).stdout)
  expect(before).toMatchObject({ cache: 'bans', reason: 'first' })
})

test('log shows the lines of one cache', async () => {
  await callVerb(['invalidate', 'settings', '--reason', 'of another'])
  const { stdout } = await callVerb(['log', '--cache', 'bans', '--json'])
  const caches: string[] = JSON.parse(stdout).map(({ cache }: { cache: string }) => cache)
  expect(new Set(caches)).toEqual(new Set(['bans']))
  expect((await callVerb(['log', '--cache', 'none'])).stdout).toBe('The log has no such line.\n')
})

test('invalidate-tag writes tags and paths, and log finds them by tag, path and beginning', async () => {
  const { code, stdout } = await callVerb([
    'invalidate-tag',
    'post:42',
    'café',
    '--path',
    '/posts/[id]',
    '--type',
    'page',
    '--expire',
    '60',
    '--reason',
    'a test',
  ])
  expect(stdout).toBe('Invalidated tag post:42, tag café, page /posts/[id].\n')
  expect(code).toBe(0)
  expect(await lastInvalidation()).toMatchObject({ reason: 'a test', source: 'cli' })
  await callVerb(['invalidate-tag', 'post:43', '--path', '/posts/42'])
  const lines = async (...args: string[]) => JSON.parse((await callVerb(['log', ...args, '--json'])).stdout)
  expect(await lines('--tag', 'post:42')).toMatchObject([{ tag: 'post:42', expireSeconds: 60 }])
  expect(await lines('--tag', 'post:*')).toHaveLength(2)
  expect(await lines('--path', '/posts/42')).toMatchObject([{ tag: '_N_T_/posts/42', expireSeconds: 0 }])
  expect(await lines('--path', '/posts/*')).toHaveLength(2)
  const log = await callVerb(['log', '--path', '/posts/*'])
  expect(log.stdout).toMatch(
    /^LINE +CACHE OR TAG +VERSION .*\n.* path \/posts\/42 .*\n.* page \/posts\/\[id\], stale for 60 s, then expired /,
  )
})

test('a dry run of invalidate-tag invalidates nothing', async () => {
  const before = await versions()
  const { stdout } = await callVerb(['invalidate-tag', 'post:*', '--path', '/', '--dry-run', '--json'])
  expect(JSON.parse(stdout)).toEqual({ invalidated: ['post:*', '_N_T_/', '_N_T_/index'] })
  expect(await versions()).toEqual(before)
})

test('invalidate-tag refuses what is no tag, no path, no type and no time', async () => {
  const before = await versions()
  for (const [args, message] of [
    [[], 'No tag is named.'],
    [[''], '"" is not a tag.'],
    [['--path', 'posts'], '"posts" stands for no page.'],
    [['--path', '/posts/[id]'], 'Add the type "page" or "layout"'],
    [['--path', '/posts', '--type', 'template'], '--type "template" is none.'],
    [['post:42', '--type', 'page'], 'Add --path.'],
    [['post:42', '--expire', 'soon'], '--expire "soon" is no time.'],
  ] as const) {
    const { code, stderr } = await callVerb(['invalidate-tag', ...args])
    expect(stderr).toContain(message)
    expect(code, message).toBe(2)
  }
  expect(await versions()).toEqual(before)
})

test('the cache of all tags is not listed, counted or suggested, and invalidate-all invalidates it', async () => {
  await callVerb(['invalidate-tag', 'post:42'])
  const before = await versions()
  expect((await callVerb(['list'])).stdout).not.toContain('next-cache-versions/tags')
  expect((await callVerb(['invalidate', 'next-cache-versions/tagss', '--dry-run'])).stderr).not.toContain(
    'Did you mean',
  )
  const dry = await callVerb(['invalidate-all', '--dry-run', '--json'])
  expect(JSON.parse(dry.stdout)).toEqual({ invalidated: ['bans', 'settings'] })
  expect((await callVerb(['invalidate-all'])).stdout).toBe('Invalidated 2 caches.\n')
  expect((await versions())['next-cache-versions/tags']).not.toBe(before['next-cache-versions/tags'])
  const [line] = JSON.parse((await callVerb(['log', '--cache', 'next-cache-versions/tags', '--json'])).stdout)
  expect(line).toMatchObject({ tag: '*' })
})

test('log shows one cache, tag or path', async () => {
  const { code, stderr } = await callVerb(['log', '--cache', 'bans', '--tag', 'post:42'])
  expect(stderr).toContain('Name one of them.')
  expect(code).toBe(2)
})

test('log refuses what is no number', async () => {
  for (const args of [
    ['--limit', '0'],
    ['--limit', '1001'],
    ['--before', 'yesterday'],
  ]) {
    expect((await callVerb(['log', ...args])).code, args.join(' ')).toBe(2)
  }
})

test('admin-link prints a link with a one-time token, which the table holds by its hash', async () => {
  const { stdout } = await callVerb(['admin-link', '--origin', 'https://forum.example.com'])
  const [, token = ''] =
    /^https:\/\/forum\.example\.com\/admin\/caches\/session\?token=(once_[\w-]{43})\n$/.exec(stdout) ?? []
  const rows = await database.sql`
    select from cache_admin_tokens where hash = encode(sha256(${token}::text::bytea), 'hex') and expires_at > now()`
  expect(rows).toHaveLength(1)
})

test('admin-link refuses what is no origin or no page', async () => {
  expect((await callVerb(['admin-link', '--origin', 'forum.example.com'])).code).toBe(2)
  expect((await callVerb(['admin-link', '--page', 'admin?x'])).code).toBe(2)
})

test('where there is no cache, list says how to begin', async () => {
  await database.sql`select stop_cache_versioning(cache) from cache_versions`
  const { stdout } = await callVerb(['list'], { command: (verb) => `run ${verb}` })
  expect(stdout).toBe('No cache is versioned yet. Start one with: run start CACHE\n')
  expect(JSON.parse((await callVerb(['list', '--json'])).stdout)).toEqual({ caches: [], leases: [] })
  expect((await callVerb(['invalidate-all'])).stdout).toBe('Invalidated 0 caches.\n')
  await database.sql`select start_cache_versioning('bans'), start_cache_versioning('settings')`
})
