import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { startTestPostgres } from './postgres.ts'

const template = 'migrated'

/** Starts one Postgres for all test files, with one migrated database that each of them copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestPostgres()
  await server.sql.unsafe(`create database ${template}`)
  const url = new URL(server.url)
  url.pathname = `/${template}`
  const client = postgres(url.href, { max: 1, onnotice: () => {} })
  await migrate(drizzle(client), { migrationsFolder: 'drizzle/migrations' })
  await client.end()
  project.provide('postgres', { url: server.url, template, log: server.log })
  return server.stop
}
