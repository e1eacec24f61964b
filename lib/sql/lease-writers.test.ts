import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import postgres, { type Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { install } from '../test/install.ts'
import { type LeaseHolder, leaseHolder, resetLeases, shortenLeases } from '../test/lease-holder.ts'
import { createRole, type Role } from '../test/role.ts'

let database: TestDatabase
let sql: TestDatabase['sql']
let server: LeaseHolder

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  sql = database.sql
  await shortenLeases(sql)
  await sql.unsafe(`
    create table posts (id int);
    select invalidate_cache_on_write('bans', 'posts')`)
})
afterAll(() => database.drop())
beforeEach(async () => {
  await resetLeases(sql)
  server = await leaseHolder(database.url)
})
afterEach(() => server.cut())

/** Lets a writer run beside a lease, which it must recall, and which keeps it waiting until it is given up. */
async function recalls(write: () => PromiseLike<unknown>): Promise<void> {
  expect(await server.hold()).toBe('held')
  const sleep = server.sleep()
  let isDone = false
  const done = Promise.resolve(write()).finally(() => {
    isDone = true
  })
  done.catch(() => {})
  expect(await sleep).toBe(true)
  // A query of the server, which is answered after whatever the writer has done.
  await server.sql`select 1`
  expect(isDone).toBe(false)
  await server.giveUp()
  await done
}

test.each([
  "update cache_versions set version = 'byHand01' where cache = 'bans'",
  "insert into cache_versions values ('new', 'byHand02')",
  "delete from cache_versions where cache = 'new'",
  `merge into cache_versions using (values ('bans')) as named(cache) on named.cache = cache_versions.cache
    when matched then update set version = 'byHand03'`,
  "set local session_replication_role = replica; update cache_versions set version = 'byHand04' where cache = 'bans'",
  "select invalidate_cache('bans')",
  'select invalidate_all_caches()',
  // The first makes the row of the tags, and the second changes it.
  "select invalidate_tag('post:1')",
  "select invalidate_tag('post:1')",
  "select write_cache_invalidations(array['bans'], true, null, null, null, 2)",
  'insert into posts values (1)',
  "select start_cache_versioning('started')",
  "select stop_cache_versioning('started')",
  'truncate cache_versions; rollback',
  "set transaction isolation level repeatable read; update cache_versions set version = 'byHand05' where cache = 'bans'",
])('%s recalls a lease, and waits for it', async (statement) => {
  await recalls(() => sql.unsafe(statement))
})

test('COPY recalls a lease, and waits for it', async () => {
  const rows = Readable.from(['copied\tbyHand06\n'])
  await recalls(async () => pipeline(rows, await sql`copy cache_versions from stdin`.writable()))
})

test('a session that has switched triggers off and one that names another schema first recall too', async () => {
  const session = postgres(database.url, {
    max: 1,
    connection: { session_replication_role: 'replica', search_path: 'pg_temp, pg_catalog' },
  })
  await recalls(() => session`update public.cache_versions set version = 'byHand07' where cache = 'bans'`)
  await session.end()
})

/** An installation of a role that may cancel no session of the superuser that its servers sign in as. */
async function installOf(owner: Role): Promise<{ writer: Sql; url: string }> {
  await sql.unsafe(`create schema authorization ${owner.name}`)
  const writer = postgres(owner.url, { max: 1, onnotice: () => {} })
  await install(writer)
  await writer`select start_cache_versioning('bans')`
  await shortenLeases(writer)
  await writer`select await_former_cache_version_leases()`
  const url = Object.assign(new URL(database.url), { search: `?search_path=${owner.name}` }).href
  return { writer, url }
}

test('a writer that may not cancel the session of a server waits until that looks', async () => {
  const owner = await createRole(database)
  const { writer, url } = await installOf(owner)
  const theirs = await leaseHolder(url)
  expect(await theirs.hold()).toBe('held')
  const sleep = theirs.sleep()
  const write = writer`select invalidate_cache('bans')`.execute()
  expect(await sleep).toBe(true)
  await theirs.giveUp()
  await write
  // Nor may it end one, and then it says which.
  await shortenLeases(writer, 0.2)
  expect(await theirs.hold()).toBe('held')
  const busy = theirs.sql.unsafe('select pg_sleep(1)').execute()
  await expect(writer`select invalidate_cache('bans')`).rejects.toMatchObject({
    code: '55P03',
    message: `[cache-versions] The lock of cache_version_leases is kept by the sessions {${theirs.pid}}.`,
  })
  await busy
  await theirs.cut()
  await writer.end()
  await owner.drop()
})

test('a writer of one installation recalls no lease of another', async () => {
  const owner = await createRole(database)
  const { writer } = await installOf(owner)
  expect(await server.hold()).toBe('held')
  await writer`select invalidate_cache('bans')`
  expect(await sql`select pid from cache_version_lease_holders()`).toEqual([{ pid: server.pid }])
  await server.giveUp()
  await writer.end()
  await owner.drop()
})
