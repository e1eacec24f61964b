import postgres, { type Sql } from 'postgres'
import { beforeDeadline, deadlineOf } from '../../base/deadline.ts'
import { isUnreachable, postgresFailure } from '../../postgres/failure.ts'
import type { Invocation } from '../invocation.ts'
import { type Finding, factAndRemedy, findingsOf } from './finding.ts'
import { grantFindings } from './grants.ts'
import { schemaFindings } from './schema.ts'
import { triggerFindings } from './triggers.ts'

const { ok, warning, wrong } = findingsOf('Postgres')
const oldest = 15
const longestMilliseconds = 20_000
/** How long a server sleeps in Postgres at a time. */
const leaseMilliseconds = 900

/** The Postgres of the app, as the role of DATABASE_URL finds it. `caches` are those that the app lists. */
export async function databaseFindings(
  caches: readonly string[],
  invocation: Invocation,
): Promise<Finding[]> {
  let sql: Sql | undefined
  try {
    const opened = await open(invocation)
    sql = opened
    const deadline = deadlineOf('Looking at the database', longestMilliseconds)
    return await beforeDeadline(findAll(opened, caches, invocation), deadline, () => {})
  } catch (error) {
    return [failure(error, invocation)]
  } finally {
    await sql?.end({ timeout: 0 })
  }
}

async function open(invocation: Invocation): Promise<Sql> {
  return postgres(await invocation.databaseUrl(), {
    max: 1,
    connect_timeout: 5,
    // A pooler may be in between.
    prepare: false,
    fetch_types: false,
    connection: { application_name: 'cache-versions doctor' },
    onnotice: () => {},
  })
}

async function findAll(sql: Sql, caches: readonly string[], invocation: Invocation): Promise<Finding[]> {
  const schema = await schemaFindings(sql, caches, invocation)
  return [
    ...(await serverFindings(sql, invocation)),
    ...schema.findings,
    ...(schema.isComplete
      ? [...(await triggerFindings(sql, schema.started)), ...(await grantFindings(sql))]
      : []),
  ]
}

function failure(error: unknown, { address }: Invocation): Finding {
  const { code, message } = postgresFailure(error)
  const why = 'Whatever needs a version is an error.'
  if (isUnreachable(code)) {
    return wrong(`${address()} cannot be reached (${code})`, why, 'Start it, or correct DATABASE_URL.')
  }
  if (code === undefined && error instanceof Error) {
    const { fact, remedy } = factAndRemedy(error.message)
    return wrong(fact, why, remedy || 'Check DATABASE_URL.')
  }
  return wrong(
    `${address()} refused: ${message}`,
    why,
    'Check DATABASE_URL, and what its role may do (docs/sql.md, Roles).',
  )
}

interface Server {
  version: number
  shown: string
  isReplica: boolean
  isReadOnly: boolean
  replication: string
  pid: number
  /** From how many milliseconds on a statement is logged; -1 for none. */
  loggedFrom: number
  role: string
}

/** The server itself: its version, whether it is the primary, and whether a pooler is in between. */
async function serverFindings(sql: Sql, { address }: Invocation): Promise<Finding[]> {
  const asked = await sql<Server[]>`
    select current_setting('server_version_num')::int / 10000 as version, current_setting('server_version') as shown,
      pg_is_in_recovery() as "isReplica", current_setting('default_transaction_read_only') = 'on' as "isReadOnly",
      current_setting('session_replication_role') as replication, pg_backend_pid() as pid,
      (select setting::int from pg_settings where name = 'log_min_duration_statement') as "loggedFrom", current_user as role`
  const again = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const [server] = asked
  if (!server) return []
  // A pooler makes up the number by which a client cancels its query.
  const pids = new Set([server.pid, again[0]?.pid, (asked.state as { pid?: number }).pid])
  return [
    server.version >= oldest
      ? ok(`${server.shown} at ${address()}`)
      : wrong(
          `${server.shown} at ${address()}`,
          `The functions need Postgres ${oldest} or newer.`,
          'Upgrade Postgres.',
        ),
    primaryFinding(server),
    ok(
      pids.size === 1
        ? 'The connection leads to Postgres itself'
        : 'A pooler is in between, and needs no settings; behind it servers hold no leases',
    ),
    ...slowLogFindings(server),
    ...(server.replication === 'origin'
      ? []
      : [
          wrong(
            `session_replication_role is ${server.replication}`,
            'Triggers are off, and invalidations refused.',
            'alter role … reset session_replication_role, for the role of DATABASE_URL',
          ),
        ]),
  ]
}

/** Where everything is logged, one statement more is no news. */
function slowLogFindings({ loggedFrom, role }: Server): Finding[] {
  if (loggedFrom <= 0 || loggedFrom >= leaseMilliseconds) return []
  return [
    warning(
      `Postgres logs what takes ${loggedFrom} ms (log_min_duration_statement)`,
      'A server that holds a lease sleeps there, which is logged once a second.',
      `alter role "${role}" set log_min_duration_statement = '1s', as a superuser; or withCacheVersions(config, { leases: 'off' })`,
    ),
  ]
}

function primaryFinding({ isReplica, isReadOnly }: Server): Finding {
  const remedy = 'Set CACHE_VERSIONS_DATABASE_URL to the primary.'
  if (isReplica) {
    return wrong(
      'It is a replica',
      'It may lag, and what it lags by is served stale; it accepts no write.',
      remedy,
    )
  }
  if (isReadOnly) {
    return wrong('It is read-only (default_transaction_read_only)', 'No invalidation can be written.', remedy)
  }
  return ok('It is the primary')
}
