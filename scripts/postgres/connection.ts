import postgres, { type Sql } from 'postgres'

export const databaseName = 'next_cache_versions'

/** Keepers and those who ask about them bear this name, so that no keeper takes one of them for a client. */
export const keeperName = 'cache-versions keeper'

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

/** Whether the error says that a server is not there, or not there yet, or about to go. */
export function isUnavailable(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? ''
  const network = [
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'CONNECTION_CLOSED',
    'CONNECTION_ENDED',
    'CONNECT_TIMEOUT',
  ]
  const leaving = ['57P01', '57P02', '57P03']
  return network.includes(code) || leaving.includes(code)
}
