import { execFileSync } from 'node:child_process'
import { defineConfig } from 'drizzle-kit'
import { connect } from './scripts/postgres/connection.ts'

// drizzle-kit reads this file for every command, and only some need a database.
const command = process.argv[2] ?? ''
const needsDatabase = ['migrate', 'push', 'pull', 'studio'].includes(command)

export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/schema.ts',
  out: './drizzle/migrations',
  ...(needsDatabase ? { dbCredentials: { url: databaseUrl() } } : {}),
})

/** drizzle-kit waits for no promise here, so another process gets the URL. */
function databaseUrl(): string {
  const printUrl = ['--import', 'tsx', 'scripts/postgres/url.ts']
  const url = execFileSync(process.execPath, printUrl, { encoding: 'utf8', timeout: 120_000 }).trim()
  // The embedded Postgres runs while somebody is connected, and Studio is only while it shows something.
  if (command === 'studio') void connect(url, 'drizzle-kit studio')`select 1`.catch(console.error)
  return url
}
