import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { ensurePostgres } from '../postgres/ensure-postgres.ts'
import { removePostgres } from '../postgres/remove-postgres.ts'

const template = 'migrated'

/** Starts one Postgres for all test files, with one migrated database that each of them copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-test-'))
  const server = await ensurePostgres({ dataFolder: folder, durable: false })
  // Somebody has to stay connected, or the server would stop between two files.
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  await sql`alter system set log_line_prefix = '%d|%a|'`
  await sql`select pg_reload_conf()`
  await sql.unsafe(`create database ${template}`)
  const url = new URL(server.url)
  url.pathname = `/${template}`
  const client = postgres(url.href, { max: 1, onnotice: () => {} })
  await migrate(drizzle(client), { migrationsFolder: 'drizzle/migrations' })
  await client.end()
  project.provide('postgres', { url: server.url, template, log: join(server.folder, 'postgres.log') })
  return async () => {
    await sql.end({ timeout: 5 })
    await removePostgres(server)
    await rm(folder, { recursive: true, force: true })
  }
}
