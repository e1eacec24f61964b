import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { until } from '../until.ts'
import { ask } from './asked.ts'
import { connect, databaseName, isUnavailable, keeperName, urlOf } from './connection.ts'
import { openLog } from './log.ts'
import { findPlace, type Place } from './place.ts'
import { findServer, type Server } from './server.ts'
import { type ServerOptions, startServer } from './start-server.ts'

export interface PostgresOptions extends ServerOptions {
  /** Holds the cluster, its log and its port. It may be moved to a folder of its own under /var/tmp: see `folder`. */
  dataFolder: string
  /** How long Postgres runs on after the last client has gone; 10 unless given. */
  graceSeconds?: number
}

export interface Postgres {
  url: string
  /** Where the data is: `dataFolder`, or its stand-in where Postgres could not reach that. */
  folder: string
}

/**
 * Returns a Postgres that runs on the data folder, and starts it when there is none. It runs while somebody is connected
 * to it, whoever started it, and stops when nobody has been for the grace: hold a connection for as long as the URL must
 * be good.
 */
export async function ensurePostgres(options: PostgresOptions): Promise<Postgres> {
  const place = await findPlace(options.dataFolder)
  return until(`Postgres in "${place.folder}"`, 90, async () => {
    const server = (await findServer(place.data)) ?? (await startServer(place, options))
    if (!server.ready) return undefined
    await ask(place.folder)
    const visited = await visit(server)
    if (!visited) return undefined
    if (!visited.isKept) startKeeper(place, server, options.graceSeconds ?? 10)
    return { url: urlOf(server.port), folder: place.folder }
  })
}

/** Makes the database, and tells whether there is a keeper. Undefined when the server is about to stop. */
async function visit(server: Server): Promise<{ isKept: boolean } | undefined> {
  const sql = connect(urlOf(server.port, 'postgres'), 'cache-versions start')
  try {
    const [found] = await sql`
      select exists (select from pg_database where datname = ${databaseName}) as database,
        exists (select from pg_stat_activity where starts_with(application_name, ${keeperName})) as keeper`
    if (!found?.database) {
      await sql`create database ${sql(databaseName)}`.catch((error: { code?: string }) => {
        // Another process that starts made it in between.
        if (error.code !== '42P04' && error.code !== '23505') throw error
      })
    }
    return { isKept: found?.keeper }
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Starts a keeper in a session of its own: it outlives this process and the terminal, and hears no Ctrl-C. */
function startKeeper({ folder }: Place, { pid }: Server, graceSeconds: number): void {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const program = fileURLToPath(new URL('./keeper.ts', import.meta.url))
  // Not the rest: it may hold secrets, and options for Node that are meant for the app.
  const { PATH, HOME, TMPDIR, SYSTEMROOT } = process.env
  const args = [folder, pid, graceSeconds].map(String)
  const log = openLog(folder)
  const child = spawn(process.execPath, ['--import', tsx, program, ...args], {
    cwd: folder,
    detached: true,
    env: { PATH, HOME, TMPDIR, SYSTEMROOT } as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
}
