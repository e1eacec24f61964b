import { PGlite } from '@electric-sql/pglite'
import { drizzle as drizzleNeon } from 'drizzle-orm/neon-serverless'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import knex from 'knex'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { invalidateCache } from '../request/invalidate.ts'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { installation } from '../test/install.ts'
import { type NeonPool, neonPool } from '../test/neon.ts'
import type { PostgresClient } from './client.ts'

/** Text in which each client would find a parameter of its own. */
const reason = "'?' \\? $1 :name ::text @p %s {} \\ ;--"

type Version = () => Promise<string | undefined>
type Run = (work: (tx: PostgresClient) => Promise<void>) => Promise<unknown>

let database: TestDatabase
let pool: pg.Pool
let neon: NeonPool

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
  neon = await neonPool(database.url)
})
afterAll(async () => {
  await Promise.all([pool.end(), neon.end()])
  await database.drop()
})

/** The methods that Neon's driver has as well. */
interface Pool {
  connect(): Promise<{ query(text: string): Promise<unknown>; release(): void }>
}

async function inTransaction(pool: Pool, work: (tx: PostgresClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await work(client)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

const clients: Record<string, () => Run> = {
  'Drizzle over postgres.js': () => (work) => drizzlePostgresJs(database.sql).transaction(work),
  'Drizzle over node-postgres': () => (work) => drizzleNodePostgres(pool).transaction(work),
  "Drizzle over Neon's driver": () => (work) => drizzleNeon(neon.pool).transaction(work),
  'postgres.js': () => (work) => database.sql.begin(work),
  'node-postgres': () => (work) => inTransaction(pool, work),
  "Neon's driver": () => (work) => inTransaction(neon.pool, work),
  Kysely: () => (work) =>
    new Kysely<object>({ dialect: new PostgresDialect({ pool }) }).transaction().execute(work),
  Knex: () => async (work) => {
    const db = knex({ client: 'pg', connection: database.url })
    try {
      await db.transaction(work)
    } finally {
      await db.destroy()
    }
  },
}

for (const [name, transactionOf] of Object.entries(clients)) {
  describe(name, () => {
    const version: Version = async () =>
      (await database.sql`select version from cache_versions where cache = 'bans'`)[0]?.version

    test('an invalidation commits with the transaction, and its reason comes through as it is', async () => {
      const before = await version()
      await transactionOf()(async (tx) => {
        await invalidateCache('bans', { tx, reason })
        expect(await version()).toBe(before)
      })
      expect(await version()).not.toBe(before)
      const [line] = await database.sql`select reason from cache_invalidations order by id desc limit 1`
      expect(line).toEqual({ reason })
    })

    test('an invalidation rolls back with the transaction', async () => {
      const before = await version()
      const failure = transactionOf()(async (tx) => {
        await invalidateCache('bans', { tx })
        throw new Error('no')
      })
      await expect(failure).rejects.toThrow('no')
      expect(await version()).toBe(before)
    })

    test('an unknown name is the same error', async () => {
      const failure = transactionOf()((tx) => invalidateCache('bnas', { tx }))
      await expect(failure).rejects.toMatchObject({
        code: 'unknown-cache',
        message: expect.stringContaining('Cache "bnas" is not versioned. Did you mean "bans"?'),
      })
    })
  })
}

test('a transaction of PGlite, by itself and of Drizzle, carries an invalidation', async () => {
  const pglite = await PGlite.create()
  try {
    for (const text of await installation()) await pglite.exec(text)
    await pglite.query("select start_cache_versioning('bans')")
    const version = async () => (await pglite.query('select version from cache_versions')).rows[0]
    const transactions: Run[] = [
      (work) => pglite.transaction(work),
      (work) => drizzlePglite(pglite).transaction(work),
    ]
    for (const transaction of transactions) {
      const before = await version()
      await transaction((tx) => invalidateCache('bans', { tx, reason }))
      expect(await version()).not.toEqual(before)
    }
  } finally {
    await pglite.close()
  }
})

test('what is no transaction is refused', async () => {
  const failure = invalidateCache('bans', { tx: {} as PostgresClient })
  await expect(failure).rejects.toMatchObject({ code: 'invalid-argument' })
})
