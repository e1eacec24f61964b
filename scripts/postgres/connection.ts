import postgres, { type Sql } from 'postgres'

export const databaseName = 'next_cache_versions'

/** The application name of keepers begins so; their process id is behind it. */
export const keeperName = 'cache-versions keeper'

/** That of a process which asks whether it may stop Postgres. */
export const leavingName = 'cache-versions leaving'

export function urlOf(port: number, database = databaseName): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`
}

/** One connection that lives until it is ended: postgres.js would otherwise replace it within the hour. */
export function connect(url: string, applicationName: string, onclose = () => {}): Sql {
  return postgres(url, {
    max: 1,
    max_lifetime: null,
    connect_timeout: 5,
    // A pooler may be in between.
    prepare: false,
    fetch_types: false,
    connection: { application_name: applicationName },
    onnotice: () => {},
    onclose,
  })
}

/** Tells whether anybody is connected to any database of a Postgres, keepers and those who leave apart. */
export async function hasClients(sql: Sql): Promise<boolean> {
  const [client] = await sql`
    select from pg_stat_activity
    where backend_type = 'client backend' and not starts_with(application_name, ${keeperName})
      and application_name <> ${leavingName}`
  return client !== undefined
}

/** Whether the error says that a server is not there, or not there yet, or about to go. */
export function isUnavailable(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return /^(ECONNREFUSED|ECONNRESET|EPIPE|CONNECTION_CLOSED|CONNECTION_ENDED|CONNECT_TIMEOUT|57P0[123])$/.test(
    code,
  )
}
