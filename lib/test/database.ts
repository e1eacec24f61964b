import { randomBytes } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { inject } from 'vitest'
import { closeDatabase } from '../postgres/database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * A real Postgres, the database in it that has been migrated and is copied for each test file, and its log, in which
     * a line begins with the database and the program.
     */
    postgres: { readonly url: string; readonly template: string; readonly log: string }
  }
}

export interface TestDatabase {
  readonly url: string
  readonly sql: Sql
  drop(): Promise<void>
}

/** Makes a database of its own for one test file, migrated, with these caches, and points the package at it. */
export async function createTestDatabase(
  caches: readonly string[] = ['bans', 'categories', 'permissions', 'settings'],
): Promise<TestDatabase> {
  const server = inject('postgres')
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server.url, (sql) => sql.unsafe(`create database ${name} template ${server.template}`))
  const url = new URL(server.url)
  url.pathname = `/${name}`
  process.env.DATABASE_URL = url.href
  const sql = postgres(url.href, { onnotice: () => {}, max: 20 })
  for (const cache of caches) await sql`select start_cache_versioning(${cache})`
  return {
    url: url.href,
    sql,
    async drop() {
      await closeDatabase()
      await sql.end({ timeout: 5 })
      await onServer(server.url, (server) => server.unsafe(`drop database ${name} with (force)`))
    },
  }
}

async function onServer(url: string, work: (sql: Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
