import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import type { App } from './app.ts'
import { type Gate, gate } from './gate.ts'
import { type NextServer, startNext, startStandalone } from './next-server.ts'

/** A database and production servers of one build, each in a folder of its own, so they share nothing else. */
export interface Cluster {
  readonly sql: Sql
  readonly databaseUrl: string
  /** The way to Postgres for the package alone: close it, and Postgres cannot be reached. */
  readonly gate: Gate
  readonly servers: readonly NextServer[]
  /** Starts another server of the same build. */
  start(env?: Env): Promise<NextServer>
  /** Starts a server that was stopped on the files that it left. */
  restart(stopped: NextServer): Promise<NextServer>
  /** Starts the standalone server of the same build, from a folder far from where it was built. */
  startStandalone(): Promise<NextServer>
  stop(): Promise<void>
}

export interface ClusterOptions {
  readonly servers: number
  /** Lets the package reach Postgres without the gate, which costs time in this process. */
  readonly direct?: boolean
  readonly env?: Env
}

type Env = Readonly<Record<string, string>>

/** Changes the table and the version by plain SQL, as psql would, in one transaction. */
export async function invalidateBySql({ sql }: Pick<Cluster, 'sql'>, value: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update things set value = ${value} where name = 'bans'`
    await tx`update cache_versions set version = new_cache_version() where cache = 'bans'`
  })
}

/** Has Postgres log what the servers send from now on. */
export async function logStatements({ sql, databaseUrl, gate }: Cluster): Promise<void> {
  await sql`alter database ${sql(new URL(databaseUrl).pathname.slice(1))} set log_statement = 'all'`
  // It is read when a connection opens.
  await gate.close()
  await gate.open()
}

export async function startCluster(app: App, options: ClusterOptions): Promise<Cluster> {
  const database = await app.copyDatabase()
  const sql = postgres(database.href, { max: 10, onnotice: () => {} })
  const stopServing = app.source.serve(sql)
  const postgresGate = await gate(Number(database.port || 5432), database.hostname)
  const throughGate = new URL(database)
  throughGate.host = `127.0.0.1:${postgresGate.port}`
  const env = {
    DATABASE_URL: options.direct ? database.href : throughGate.href,
    FIXTURE_DATABASE_URL: database.href,
    FIXTURE_SOURCE_URL: app.source.url,
    FIXTURE_VARIANT: app.variant,
    NEXT_TELEMETRY_DISABLED: '1',
    ...options.env,
  }

  const folders: string[] = []
  const servers: NextServer[] = []
  const startIn = async (folder: string, more: Env = {}) => {
    const server = await startNext(folder, { log: join(folder, 'server.log'), env: { ...env, ...more } })
    servers.push(server)
    return server
  }
  const cluster: Cluster = {
    sql,
    databaseUrl: database.href,
    gate: postgresGate,
    servers,
    async start(more) {
      const folder = `${app.folder}-${randomBytes(4).toString('hex')}`
      folders.push(folder)
      await copyApp(app.folder, folder)
      return await startIn(folder, more)
    },
    restart: ({ log }) => startIn(dirname(log)),
    async startStandalone() {
      const folder = await mkdtemp(join(tmpdir(), 'cache-versions-standalone-'))
      folders.push(folder)
      await cp(join(app.folder, '.next/standalone'), folder, { recursive: true, verbatimSymlinks: true })
      await cp(join(app.folder, '.next/static'), join(folder, app.folder, '.next/static'), {
        recursive: true,
      })
      // The app has none, unlike one that is not part of its own package, and the root's would make a module of it.
      await writeFile(join(folder, app.folder, 'package.json'), '{}')
      const server = await startStandalone(join(folder, app.folder), { log: join(folder, 'server.log'), env })
      servers.push(server)
      return server
    },
    async stop() {
      await Promise.all(servers.map((server) => server.stop()))
      stopServing()
      await sql.end({ timeout: 5 })
      await postgresGate.stop()
      await app.dropDatabase(database)
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
    },
  }
  try {
    for (let i = 0; i < options.servers; i++) await cluster.start()
    return cluster
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

/** A server writes into its folder; what it does not need stays where it is. */
async function copyApp(from: string, to: string): Promise<void> {
  const left = ['.next/standalone', '.next/cache/turbopack'].map((path) => join(from, path))
  await cp(from, to, { recursive: true, filter: (path) => !left.includes(path) })
}
