import type { ChildProcess } from 'node:child_process'
import { ask } from './ask.ts'
import { findBinaries } from './binaries.ts'
import { readClients } from './clients.ts'
import { ensureCluster } from './cluster.ts'
import { connect, databaseName, isUnavailable, urlOf } from './connection.ts'
import { findPlace } from './place.ts'
import type { Plan } from './plan.ts'
import { findServer, type Server } from './server.ts'
import { keeperLog, spawnKeeper } from './spawn-keeper.ts'
import { until } from './until.ts'

export interface PostgresOptions {
  /**
   * Holds the cluster, its logs and its port. It may be moved to a folder of its own under /var/tmp: see
   * `folder`.
   */
  dataFolder: string
  /** The port to begin with, if it is free. A data folder that has run before keeps the port it had. */
  port?: number
  /**
   * False trades safety against a crash for speed, for tests. A server that runs already stays as it was
   * started.
   */
  durable: boolean
  /** How long Postgres runs on after the last client has gone; 10 unless given. */
  graceSeconds?: number
}

export interface Postgres {
  url: string
  /** Where the data is: `dataFolder`, or its stand-in where Postgres could not reach that. */
  folder: string
  /** True when it ran already. */
  attached: boolean
}

/**
 * Answers with a Postgres that runs on the data folder, and starts it when there is none. It runs while
 * somebody is connected to it, whoever started it, and stops when nobody has been for the grace: hold a
 * connection for as long as the URL must be good.
 */
export async function ensurePostgres(options: PostgresOptions): Promise<Postgres> {
  const plan = await makePlan(options)
  let keeper: ChildProcess | undefined
  return until(`Postgres in "${plan.place.folder}"`, 90, async () => {
    const server = await findServer(plan.place.data)
    if (!server) {
      if (keeper?.exitCode) throw startFailed(plan, keeper.exitCode)
      if (!keeper || hasExited(keeper)) keeper = spawnKeeper(plan)
      return undefined
    }
    if (!server.ready) return undefined
    await ask(plan.place.folder)
    const found = await enter(server)
    if (!found) return undefined
    if (!found.isKept && (!keeper || hasExited(keeper))) spawnKeeper(plan)
    return { url: urlOf(server.port), folder: plan.place.folder, attached: keeper === undefined }
  })
}

async function makePlan({ dataFolder, port, durable, graceSeconds = 10 }: PostgresOptions): Promise<Plan> {
  const place = await findPlace(dataFolder)
  const binaries = await findBinaries(place.owner)
  await ensureCluster(place, binaries)
  return { place, program: binaries.postgres, durable, graceSeconds, ...(port === undefined ? {} : { port }) }
}

/** Undefined when the server cannot be entered now: it is about to stop. */
async function enter(server: Server): Promise<{ isKept: boolean } | undefined> {
  const sql = connect(urlOf(server.port, 'postgres'), 'cache-versions start')
  try {
    await createDatabase(sql)
    const { keepers } = await readClients(sql)
    return { isKept: keepers.length > 0 }
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function createDatabase(sql: ReturnType<typeof connect>): Promise<void> {
  const found = await sql`select from pg_database where datname = ${databaseName}`
  if (found.length > 0) return
  await sql`create database ${sql(databaseName)}`.catch((error: { code?: string }) => {
    // Another process that starts made it in between.
    if (error.code !== '42P04' && error.code !== '23505') throw error
  })
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function startFailed(plan: Plan, code: number): Error {
  return new Error(
    `[cache-versions] Postgres did not start (its keeper exited with ${code}). The reason is at the end of "${keeperLog(plan)}".`,
  )
}
