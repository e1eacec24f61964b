import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'

/** On globalThis, because Next loads this module once for each of its bundles, and again after each edit. */
const slot = Symbol.for('forum/database')

/** Returns the forum's database, opened at its first use: a build, or a page without a query, connects to nothing. */
export function database(): PostgresJsDatabase {
  const scope = globalThis as { [slot]?: PostgresJsDatabase }
  scope[slot] ??= open()
  return scope[slot]
}

function open(): PostgresJsDatabase {
  const url = process.env.DATABASE_URL
  if (!url) throw new Error('No database is configured. Set DATABASE_URL to the Postgres of the forum.')
  try {
    const client = postgres(url, {
      max: 10,
      idle_timeout: 30,
      connect_timeout: 5,
      onnotice: () => {},
      // In milliseconds; a statement that waits longer fails, and its transaction rolls back.
      connection: { application_name: 'forum', statement_timeout: 10_000 },
    })
    return drizzle(client)
  } catch {
    // The error of the driver shows the URL, and with it the password.
    throw new Error('DATABASE_URL is not a URL of Postgres. Encode the special characters of its password.')
  }
}
