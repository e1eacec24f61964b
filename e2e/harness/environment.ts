/** The servers of a run, handed from the global setup to the tests. */
const names = {
  demo: 'E2E_DEMO_URL',
  demoDatabase: 'DATABASE_URL',
  requests: 'E2E_REQUESTS_URL',
  requestsDatabase: 'E2E_REQUESTS_DATABASE_URL',
  requestsLog: 'E2E_REQUESTS_LOG',
  postgresUrl: 'E2E_POSTGRES_URL',
  postgresLog: 'E2E_POSTGRES_LOG',
} as const

export type Environment = Readonly<Record<keyof typeof names, string>>

export function handOver(environment: Environment): void {
  for (const [key, name] of Object.entries(names)) process.env[name] = environment[key as keyof Environment]
}

export function environment(): Environment {
  const entries = Object.entries(names).map(([key, name]) => {
    const value = process.env[name]
    if (!value)
      throw new Error(`[cache-versions] ${name} is not set. Run the tests through Playwright's config.`)
    return [key, value]
  })
  return Object.fromEntries(entries)
}

interface Postgres {
  readonly url: string
  readonly log: string
}

/** The environment of a run that is to use this Postgres. */
export function withPostgres({ url, log }: Postgres): Record<string, string> {
  return { [names.postgresUrl]: url, [names.postgresLog]: log }
}

export function givenPostgres(): Postgres | undefined {
  const { [names.postgresUrl]: url, [names.postgresLog]: log } = process.env
  return url && log ? { url, log } : undefined
}

/** The token that the demo's admin page takes in these tests. */
export const adminToken = 'e2e-admin-token-of-this-run-of-tests'
