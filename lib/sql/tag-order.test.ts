import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { cacheOfTags } from '../versions/tags/cache.ts'

let database: TestDatabase
let sql: TestDatabase['sql']

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'zones'])
  sql = database.sql
})
afterAll(() => database.drop())
beforeEach(async () => {
  await sql`delete from cache_versions where cache = ${cacheOfTags}`
  await sql`truncate cache_invalidations`
})

test('what is committed last has the last number, whatever was invalidated first', async () => {
  const first = await sql.reserve()
  await first`begin`
  await first`select invalidate_tag('first')`
  await sql`select invalidate_tag('second')`
  await first`commit`
  first.release()
  expect(await sql`select tag from cache_invalidations order by id`).toEqual([
    { tag: 'second' },
    { tag: 'first' },
  ])
})

test('sixteen clients number their tags in the order of their commits', async () => {
  await sql`select invalidate_tag('before')`
  const seen: string[][] = []
  let isWriting = true
  const look = async () => {
    while (isWriting) {
      const rows = await sql<{ tag: string }[]>`select tag from cache_invalidations order by id`
      seen.push(rows.map(({ tag }) => tag))
    }
  }
  const looking = look()
  const clients = Array.from({ length: 16 }, async (_, client) => {
    for (let turn = 0; turn < 20; turn++) {
      await sql`select invalidate_tag(${`${client}:${turn}:a`}::text, ${`${client}:${turn}:b`}::text)`
    }
  })
  await Promise.all(clients)
  isWriting = false
  await looking
  const rows = await sql<{ tag: string; version: string; previous: string }[]>`
    select tag, version, previous_version as previous from cache_invalidations order by id`
  const all = rows.map(({ tag }) => tag)
  expect(all).toHaveLength(1 + 16 * 20 * 2)
  // Whoever reads never misses a line before one that he has.
  for (const some of seen) expect(some).toEqual(all.slice(0, some.length))
  expect(seen.length).toBeGreaterThan(1)
  // The two of a transaction stand together, after the version of the one before.
  for (let at = 1; at < rows.length; at += 2) {
    expect(rows[at]).toMatchObject({ version: rows[at + 1]?.version, previous: rows[at - 1]?.version })
  }
})

test.each(['the first time of all', 'later'])(
  'caches and tags that are named in opposite orders never wait in a circle: %s',
  async (time) => {
    if (time === 'later') await sql`select invalidate_tag('before')`
    const names = ['bans', 'post:1', 'zones', 'post:2']
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let turn = 0; turn < (time === 'later' ? 10 : 1); turn++) {
        await sql.begin(async (tx) => {
          for (const name of client % 2 === 0 ? names : names.toReversed()) {
            await tx`select invalidate_tag(${name}::text)`
          }
        })
      }
    })
    await Promise.all(clients)
  },
)

test('nobody who names a tag for the first time waits for another before he commits', async () => {
  const first = await sql.reserve()
  await first`begin`
  await first`select invalidate_tag('post:1')`
  try {
    await sql.begin(async (tx) => {
      await tx`set local lock_timeout = 5000`
      await tx`select invalidate_tag('post:2')`
    })
  } finally {
    await first`commit`
    first.release()
  }
  expect(await sql`select from cache_invalidations`).toHaveLength(2)
})
