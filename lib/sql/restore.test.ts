import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCatalog } from '../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { type Dump, dumpData, emptyTables, restoreData } from '../test/dump.ts'

let database: TestDatabase
let sql: Sql
let catalog: string[]
let dump: Dump

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  // One connection, so that COPY and what follows come one after the other.
  sql = postgres(database.url, { max: 1, onnotice: () => {} })
  await sql.unsafe(`
    create table posts (id int);
    create table visits (id int, at int) partition by range (at);
    create table visits_old partition of visits for values from (0) to (100);
    select invalidate_cache_on_write('bans', 'posts');
    select invalidate_cache_on_write('settings', 'visits');
    insert into posts values (1), (2);
    insert into visits values (1, 1), (2, 2)`)
  for (let n = 0; n < 5; n++) await sql`select invalidate_all_caches()`
  await sql`select invalidate_tag('post:1')`
  catalog = await readCatalog(sql)
  dump = await dumpData(sql)
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})
beforeEach(() => emptyTables(sql))

async function versions(): Promise<Record<string, string>> {
  const rows = await sql<{ cache: string; version: string }[]>`select cache, version from cache_versions`
  return Object.fromEntries(rows.map(({ cache, version }) => [cache, version]))
}

/** How many lines there are whose version is not the one that the next line of their cache begins with. */
async function brokenLinks(): Promise<number> {
  const rows = await sql`
    select from (
      select version, lead(previous_version) over (partition by cache order by id) as next from cache_invalidations
    ) as line where version <> next`
  return rows.length
}

test('data that is restored with --disable-triggers is what was dumped, and writes invalidate again', async () => {
  await restoreData(sql, dump, { disableTriggers: true })
  expect(await dumpData(sql)).toEqual(dump)
  const before = await versions()
  await sql`insert into posts values (3)`
  await sql`insert into visits values (3, 3)`
  const after = await versions()
  expect(after.bans).not.toBe(before.bans)
  expect(after.settings).not.toBe(before.settings)
  expect(await brokenLinks()).toBe(0)
})

test.each([true, false])(
  'restored tags are what was dumped, and what follows them: triggers off %s',
  async (disableTriggers) => {
    await restoreData(sql, dump, { disableTriggers })
    const tags = () =>
      sql`select tag, version from cache_invalidations where cache = cache_of_tags() order by id desc limit 2`
    const row = () => sql`select version from cache_versions where cache = cache_of_tags()`
    const [newest] = await tags()
    expect(newest).toMatchObject({ tag: 'post:1' })
    expect(await row()).toEqual([{ version: newest?.version }])
    await sql`select invalidate_tag('post:2')`
    expect(await tags()).toEqual([{ tag: 'post:2', version: (await row())[0]?.version }, newest])
    expect(await brokenLinks()).toBe(0)
  },
)

test('after a restore with --disable-triggers a session without triggers still refuses to invalidate', async () => {
  await restoreData(sql, dump, { disableTriggers: true })
  const attempt = sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`select invalidate_cache('bans')`
  })
  await expect(attempt).rejects.toThrow('Triggers are off in this session')
})

test('after a restore with --disable-triggers a second call spares the rows of partitions again', async () => {
  await restoreData(sql, dump, { disableTriggers: true })
  expect(await readCatalog(sql)).not.toEqual(catalog)
  const { length } = await sql`select from cache_invalidations`
  await sql`insert into visits select 1, 1 from generate_series(1, 100)`
  expect(await sql`select from cache_invalidations`).toHaveLength(length + 1)
  await sql`select invalidate_cache_on_write('settings', 'visits')`
  const leases = /recall_cache_version_leases.* [AO]$/
  expect((await readCatalog(sql)).filter((line) => !leases.test(line))).toEqual(
    catalog.filter((line) => !leases.test(line)),
  )
})

test('data that is restored with its triggers on invalidates the caches of what is restored after them', async () => {
  await restoreData(sql, dump, { disableTriggers: false })
  const dumped = new Map(
    dump.tables
      .get('cache_versions')
      ?.split('\n')
      .map((line) => line.split('\t') as [string, string]),
  )
  const restored = await versions()
  expect(Object.keys(restored)).toHaveLength(dumped.size - 1)
  expect(restored.bans).not.toBe(dumped.get('bans'))
  expect(restored.permissions).toBe(dumped.get('permissions'))
  // The sequence was set to what it was when the dump was made, so it is behind the lines of the restore.
  await sql`select invalidate_all_caches()`
  await sql`update cache_versions set version = 'byHand01' where cache = 'bans'`
  expect(await brokenLinks()).toBe(0)
})

test('a watched table that is restored before its cache is refused', async () => {
  await expect(sql`insert into posts values (1)`).rejects.toThrow('Cache "bans" is not versioned.')
})

test('lines that came without the sequence, as a subscription brings them, are in nobody’s way', async () => {
  await sql`select start_cache_versioning('bans')`
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`
      insert into cache_invalidations (id, cache, version, txid) overriding system value
      select n, 'bans', 'aVersion', '1' from generate_series(1, 20) as n`
  })
  await sql`select invalidate_cache('bans')`
  await sql`update cache_versions set version = 'byHand01' where cache = 'bans'`
  const rows = await sql<
    { id: number }[]
  >`select id::int as id from cache_invalidations order by id desc limit 2`
  expect(Math.min(...rows.map(({ id }) => id))).toBeGreaterThan(20)
})
