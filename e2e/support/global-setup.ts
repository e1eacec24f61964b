import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { migrate } from '../../scripts/migrate.ts'
import { ensurePostgres } from '../../scripts/postgres/ensure-postgres.ts'
import { removePostgres } from '../../scripts/postgres/remove-postgres.ts'
import { adminToken, handOver } from './environment.ts'
import { startApp, startNext } from './next-server.ts'

/** Starts one Postgres and the servers of the specs; returns the function that stops them. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-e2e-'))
  const server = await ensurePostgres({ dataFolder: join(folder, 'postgres'), durable: false })
  // Somebody has to stay connected, or the server would stop between two specs.
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  await sql`alter system set log_line_prefix = '%d|%a|'`
  await sql`select pg_reload_conf()`

  const demoDatabase = await createDatabase(sql, server.url, 'demo')
  const requestsDatabase = await createDatabase(sql, server.url, 'requests')
  await migrate(requestsDatabase)
  await startCaches(requestsDatabase, ['bans', 'settings'])
  await sql`alter database requests set log_statement = 'all'`

  // Migrates and seeds by itself.
  const demo = await startApp({
    log: join(folder, 'demo.log'),
    env: { DATABASE_URL: demoDatabase, CACHE_VERSIONS_ADMIN_TOKEN: adminToken },
  })
  const requests = await startNext('e2e/fixtures/requests', {
    log: join(folder, 'requests.log'),
    env: { DATABASE_URL: requestsDatabase },
  })
  handOver({
    demo: demo.url,
    demoDatabase,
    requests: requests.url,
    requestsDatabase,
    requestsLog: requests.log,
    postgresLog: join(server.folder, 'postgres.log'),
  })

  return async () => {
    await Promise.all([demo.stop(), requests.stop()])
    await sql.end({ timeout: 5 })
    await removePostgres(server)
    await rm(folder, { recursive: true, force: true })
  }
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
