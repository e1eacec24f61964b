import { randomBytes } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { migrate } from '../../scripts/migrate.ts'

const things = [
  'bans',
  'settings',
  'posts',
  'odd',
  ...['one', 'two', 'three', 'four'].map((id) => `post:${id}`),
]

/** A migrated database with the caches `bans` and `settings`, and a table that the caches are filled from. */
export async function createDatabase(postgresUrl: string, name: string): Promise<URL> {
  await onServer(postgresUrl, (sql) => sql`create database ${sql(name)}`)
  const url = databaseUrl(postgresUrl, name)
  await migrate(url.href)
  await onServer(url.href, async (sql) => {
    for (const cache of ['bans', 'settings']) await sql`select start_cache_versioning(${cache})`
    await sql`create table things (name text primary key, value text not null)`
    await sql`create table loads (name text not null)`
    await sql`insert into things select name, 'built' from unnest(${things}::text[]) as name`
  })
  return url
}

/** A copy under another name; nobody may be connected to the one that is copied. */
export async function copyDatabase(postgresUrl: string, template: string): Promise<URL> {
  const name = `${template}_${randomBytes(4).toString('hex')}`
  await onServer(postgresUrl, (sql) => sql`create database ${sql(name)} template ${sql(template)}`)
  return databaseUrl(postgresUrl, name)
}

export async function dropDatabase(postgresUrl: string, name: string): Promise<void> {
  await onServer(postgresUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`)
}

function databaseUrl(postgresUrl: string, name: string): URL {
  const url = new URL(postgresUrl)
  url.pathname = `/${name}`
  return url
}

async function onServer(url: string, work: (sql: Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
