import postgres, { type Sql } from 'postgres'
import { migrate } from '../../../scripts/migrate.ts'
import { until } from '../../../scripts/until.ts'
import { type OwnPostgres, ownPostgres } from '../own-postgres.ts'
import { standbyOf } from './standby.ts'

/** A Postgres that runs. */
export interface Running {
  readonly postgres: OwnPostgres
  readonly url: string
}

/** Gets something ready, and returns what loses this Postgres and brings up the next, which may still recover. */
type Loss = (now: Running, folder: string) => Promise<() => Promise<Running>>

/** The ways in which Postgres forgets its locks. */
export const losses = {
  async promotion({ postgres: primary, url }, folder) {
    const standby = await standbyOf(primary, url, folder)
    const standbyUrl = await standby.start()
    await caughtUp(url, standbyUrl)
    return async () => {
      await primary.stop('kill')
      await session(standbyUrl, (sql) => sql`select pg_promote(wait => false)`)
      await primary.remove()
      return { postgres: standby, url: standbyUrl }
    }
  },
  /** The postmaster ends all others and recovers, without a start of its own. */
  async 'kill of a backend'(now) {
    return async () => {
      const before = await startOf(now.url)
      await session(now.url, async (sql) => {
        const [victim] = await sql`select pid from cache_version_lease_holders()`
        const sleep = sql`select pg_sleep(60)`.execute()
        process.kill(victim?.pid, 'SIGKILL')
        await sleep.catch(() => {})
      })
      if ((await startOf(now.url)) !== before) throw new Error('The postmaster has started anew.')
      return now
    }
  },
  ...Object.fromEntries(
    (['fast', 'immediate', 'kill'] as const).map((how) => [
      `restart (${how})`,
      async ({ postgres }: Running) =>
        async () => {
          await postgres.stop(how)
          return { postgres, url: await postgres.start() }
        },
    ]),
  ),
} satisfies Record<string, Loss>

/** Starts one with the cache `bans`. */
export async function firstPostgres(folder: string): Promise<Running> {
  const postgres = await ownPostgres(folder, { durable: false })
  const url = await postgres.start()
  await migrate(url)
  await session(url, (sql) => sql`select start_cache_versioning('bans')`)
  return { postgres, url }
}

/** Runs the work on a connection of its own. */
export async function session<T>(url: string, work: (sql: Sql) => PromiseLike<T>): Promise<T> {
  const sql = postgres(url, { max: 1, max_lifetime: null, connect_timeout: 5, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 0 })
  }
}

async function startOf(url: string): Promise<string> {
  return await until('Postgres to recover', 20, () =>
    session(url, (sql) => sql`select pg_postmaster_start_time()::text as time`).then(
      ([row]) => row?.time as string,
      () => undefined,
    ),
  )
}

/** Replication is asynchronous here: a commit that no standby has is lost with its primary, version and all. */
async function caughtUp(url: string, standbyUrl: string): Promise<void> {
  const [primary] = await session(url, (sql) => sql`select pg_current_wal_lsn()::text as lsn`)
  await until('the standby to catch up', 20, async () => {
    const [standby] = await session(
      standbyUrl,
      (sql) => sql`select pg_last_wal_replay_lsn() >= ${primary?.lsn}::pg_lsn as is_there`,
    )
    return standby?.is_there || undefined
  })
}
