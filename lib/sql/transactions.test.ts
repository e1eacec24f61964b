import { sql as statement } from 'drizzle-orm'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import pg from 'pg'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { postgresFailure } from '../postgres/failure.ts'
import { invalidateAllCaches, invalidateCache } from '../request/invalidate.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { readCacheVersions } from '../versions/read.ts'
import { cacheOfTags } from '../versions/tags/cache.ts'

let database: TestDatabase
let client: Sql
let pool: pg.Pool

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  // A writer that waits for another that waits for it ends, where Postgres cannot see the circle.
  client = postgres(database.url, { max: 5, connection: { lock_timeout: 5000 }, onnotice: () => {} })
  pool = new pg.Pool({ connectionString: database.url, max: 5, lock_timeout: 5000 })
  // The end of the pool does not wait for its connections, so the dropping of the database may still meet one.
  pool.on('error', ({ code }: Error & { code?: string }) => expect(code).toBe('57P01'))
})
afterAll(async () => {
  await client.end({ timeout: 5 })
  await pool.end()
  await database.drop()
})
beforeEach(() => database.sql`truncate cache_invalidations`)

const drivers = {
  'postgres.js': () => drizzlePostgresJs(client),
  'node-postgres': () => drizzleNodePostgres(pool),
}

/** The log, each line with the version before it that the log holds: equal to `previous` unless a bump is missing. */
async function log() {
  return await database.sql<{ cache: string; version: string; previous: string; before: string | null }[]>`
    select cache, version, previous_version as previous, lag(version) over (partition by cache order by id) as before
    from cache_invalidations where cache <> cache_of_tags() order by cache, id`
}

async function loggedCaches(): Promise<string[]> {
  return (await log()).map(({ cache }) => cache).sort()
}

/** Runs the transaction again when Postgres asks for it, as docs/sql.md says. */
async function again<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction()
    } catch (error) {
      const { code } = postgresFailure(error)
      if (attempt === 5 || (code !== '40001' && code !== '40P01')) throw error
    }
  }
}

for (const [driver, connect] of Object.entries(drivers)) {
  describe(driver, () => {
    test('a commit brings one new version for each cache, however often it was named', async () => {
      const before = await readCacheVersions()
      await connect().transaction(async (tx) => {
        await invalidateCache(['bans', 'settings', 'bans'], { tx })
        await invalidateCache('bans', { tx })
        await invalidateAllCaches({ tx })
        expect(await readCacheVersions()).toEqual(before)
      })
      const after = await readCacheVersions()
      expect(await log()).toEqual(
        Object.keys(before)
          .filter((cache) => cache !== cacheOfTags)
          .sort()
          .map((cache) => {
            return { cache, version: after[cache], previous: before[cache], before: null }
          }),
      )
      for (const [cache, version] of Object.entries(after)) expect(version).not.toBe(before[cache])
    })

    test('a rollback leaves versions and log as they were', async () => {
      const before = await readCacheVersions()
      const failure = connect().transaction(async (tx) => {
        await invalidateCache('bans', { tx })
        await invalidateAllCaches({ tx })
        tx.rollback()
      })
      await expect(failure).rejects.toThrow('Rollback')
      expect(await readCacheVersions()).toEqual(before)
      expect(await log()).toEqual([])
    })

    test('a statement that fails after the invalidation takes it back', async () => {
      const failure = connect().transaction(async (tx) => {
        await invalidateCache('bans', { tx })
        await tx.execute(statement`select 1 / 0`)
      })
      await expect(failure).rejects.toThrow()
      expect(await log()).toEqual([])
    })

    test('a savepoint that is rolled back takes its invalidation with it, and only its own', async () => {
      await connect().transaction(async (tx) => {
        await invalidateCache('settings', { tx })
        const inner = tx.transaction(async (savepoint) => {
          await invalidateCache(['settings', 'bans'], { tx: savepoint })
          savepoint.rollback()
        })
        await expect(inner).rejects.toThrow('Rollback')
      })
      expect(await loggedCaches()).toEqual(['settings'])
    })

    test('a cache that was invalidated in a lost savepoint can be invalidated after it', async () => {
      await connect().transaction(async (tx) => {
        const inner = tx.transaction(async (savepoint) => {
          await invalidateCache('bans', { tx: savepoint })
          savepoint.rollback()
        })
        await expect(inner).rejects.toThrow('Rollback')
        await invalidateCache('bans', { tx })
      })
      expect(await loggedCaches()).toEqual(['bans'])
    })

    test('nested transactions that are kept bump a cache once', async () => {
      await connect().transaction(async (tx) => {
        await invalidateCache('bans', { tx })
        await tx.transaction(async (inner) => {
          await invalidateCache('bans', { tx: inner })
          await inner.transaction((innermost) => invalidateCache(['bans', 'settings'], { tx: innermost }))
        })
      })
      expect(await loggedCaches()).toEqual(['bans', 'settings'])
    })

    test('a second writer of the cache commits while the first is still open', async () => {
      const before = await readCacheVersions()
      let between: string | undefined
      await connect().transaction(async (tx) => {
        await invalidateCache('bans', { tx, reason: 'first' })
        await connect().transaction((second) => invalidateCache('bans', { tx: second, reason: 'second' }))
        between = (await readCacheVersions()).bans
        expect(between).not.toBe(before.bans)
      })
      const after = (await readCacheVersions()).bans
      expect(await log()).toEqual([
        { cache: 'bans', version: between, previous: before.bans, before: null },
        { cache: 'bans', version: after, previous: between, before: between },
      ])
    })

    for (const isolationLevel of ['repeatable read', 'serializable'] as const) {
      test(`${isolationLevel}: of two at once the later is refused at commit and succeeds when run again`, async () => {
        let attempts = 0
        const before = await readCacheVersions()
        await again(() =>
          connect().transaction(
            async (tx) => {
              await tx.execute(statement`select count(*) from cache_versions`)
              attempts += 1
              if (attempts === 1) await invalidateCache('bans', { reason: 'in between' })
              await invalidateCache('bans', { tx, reason: 'run again' })
            },
            { isolationLevel },
          ),
        )
        expect(attempts).toBe(2)
        const lines = await log()
        expect(lines.map(({ previous }) => previous)).toEqual([before.bans, lines[0]?.version])
        expect((await readCacheVersions()).bans).toBe(lines[1]?.version)
      })
    }
  })
}

test('lines of a cache are numbered in the order of their commits', async () => {
  await client.begin(async (tx) => {
    await tx`select invalidate_cache('bans')`
    await client`select invalidate_cache('bans')`
  })
  const lines = await log()
  expect(lines.at(-1)?.version).toBe((await readCacheVersions()).bans)
  expect(lines.at(-1)?.previous).toBe(lines.at(-1)?.before)
})

test('constraints that are made immediate apply what is pending, and what follows is applied too', async () => {
  await client.begin(async (tx) => {
    await tx`select invalidate_cache('bans')`
    await tx`set constraints all immediate`
    await tx`select invalidate_cache('settings')`
    await tx`set constraints all deferred`
    await tx`select invalidate_cache('bans')`
  })
  expect(await loggedCaches()).toEqual(['bans', 'bans', 'settings'])
  for (const { before, previous } of await log()) expect(before ?? previous).toBe(previous)
})

test('a prepared transaction invalidates when it commits, and holds up others of its cache until then', async () => {
  const before = await readCacheVersions()
  await client.begin(async (tx) => {
    await tx`select invalidate_cache('bans')`
    await tx.prepare('invalidation')
  })
  expect(await readCacheVersions()).toEqual(before)
  await expect(client`set lock_timeout = '50ms'; select invalidate_cache('bans')`.simple()).rejects.toThrow(
    'lock timeout',
  )
  await client`commit prepared 'invalidation'`
  const after = await readCacheVersions()
  expect(after.bans).not.toBe(before.bans)
  expect(await log()).toEqual([{ cache: 'bans', version: after.bans, previous: before.bans, before: null }])
})

test('a session without triggers refuses to invalidate instead of forgetting to', async () => {
  const before = await readCacheVersions()
  const failure = drizzlePostgresJs(client).transaction(async (tx) => {
    await tx.execute(statement`set local session_replication_role = replica`)
    await invalidateCache('bans', { tx })
  })
  await expect(failure).rejects.toThrow(
    expect.objectContaining({
      cause: expect.objectContaining({
        message: '[cache-versions] Triggers are off in this session, so nothing would be invalidated.',
      }),
    }),
  )
  expect(await readCacheVersions()).toEqual(before)
})

test('a subscription may copy lines of another server as they are', async () => {
  await client.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into cache_invalidations (cache, txid) values ('elsewhere', '1')`
    await tx`update cache_invalidations set version = 'elsewher' where txid = '1'`
  })
  expect(await loggedCaches()).toEqual(['elsewhere'])
})
