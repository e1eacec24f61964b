import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { migrate } from '../../scripts/migrate.ts'
import { adminToken, givenPostgres, handOver } from './environment.ts'
import { startApp, startNext } from './next-server.ts'
import { startTestPostgres, type TestPostgres } from './postgres.ts'

/** Starts the servers of the specs, and a Postgres unless one is given; returns the function that stops them. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-e2e-'))
  const server = connectToGiven() ?? (await startTestPostgres())
  const { sql } = server

  const demoDatabase = await createDatabase(sql, server.url, 'demo')
  const requestsDatabase = await createDatabase(sql, server.url, 'requests')
  await migrate(requestsDatabase)
  await startCaches(requestsDatabase, ['bans', 'settings'])
  await sql`alter database requests set log_statement = 'all'`

  const [demo, requests] = await Promise.all([
    // Migrates and seeds by itself.
    startApp({
      log: join(folder, 'demo.log'),
      env: { DATABASE_URL: demoDatabase, CACHE_VERSIONS_ADMIN_TOKEN: adminToken },
    }),
    startNext('e2e/fixtures/requests', {
      log: join(folder, 'requests.log'),
      // Its specs count what it asks Postgres.
      env: { DATABASE_URL: requestsDatabase, CACHE_VERSIONS_LEASES: 'off' },
    }),
  ])
  handOver({
    demo: demo.url,
    demoDatabase,
    requests: requests.url,
    requestsDatabase,
    requestsLog: requests.log,
    postgresUrl: server.url,
    postgresLog: server.log,
  })

  return async () => {
    await Promise.all([demo.stop(), requests.stop()])
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function connectToGiven(): TestPostgres | undefined {
  const server = givenPostgres()
  if (!server) return undefined
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  return { ...server, sql, stop: () => sql.end({ timeout: 5 }) }
}

async function createDatabase(sql: Sql, serverUrl: string, name: string): Promise<string> {
  await sql`create database ${sql(name)}`
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

async function startCaches(url: string, caches: readonly string[]): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  for (const cache of caches) await sql`select start_cache_versioning(${cache})`
  await sql.end()
}
