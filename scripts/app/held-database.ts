import { relative } from 'node:path'
import { connect } from '../postgres/connection.ts'
import { databaseUrl } from '../postgres/database-url.ts'
import { releasePostgres } from '../postgres/release-postgres.ts'
import { project } from '../project.ts'

/** The database of the app, which runs until it is released. */
export interface HeldDatabase {
  url: string
  /** For people: never a user or a password. */
  label: string
  release(): Promise<void>
}

export async function holdDatabase(): Promise<HeldDatabase> {
  const database = await databaseUrl()
  // Between the last @ and the query; there may be several hosts, which URL does not read.
  const place = database.url.replace(/^\w+:\/\/([^/?]*@)?|\?.*$/g, '')
  if (database.source === 'DATABASE_URL') {
    const label = `DATABASE_URL ${place}`
    await reach(database.url, label)
    return { url: database.url, label, release: async () => {} }
  }

  // The embedded Postgres runs for as long as somebody is connected.
  const hold = holdConnection(database.url)
  const version = await hold.version
  const folder = relative(project, database.postgres.folder)
  const data = folder.startsWith('..') ? database.postgres.folder : folder
  return {
    url: database.url,
    label: `embedded Postgres ${version} at ${new URL(database.url).host} (${data})`,
    release: async () => {
      await hold.end()
      await releasePostgres(database.postgres)
    },
  }
}

async function reach(url: string, label: string): Promise<void> {
  const sql = connect(url, 'cache-versions app')
  try {
    await sql`select 1`
  } catch (cause) {
    throw new Error(
      `[cache-versions] The database of ${label} cannot be reached. Start it, or correct DATABASE_URL, or unset it to use the embedded Postgres.`,
      { cause },
    )
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Stays connected until it is ended, and starts a Postgres again that was killed. */
function holdConnection(url: string): { version: Promise<string>; end(): Promise<void> } {
  let isEnded = false
  const sql = connect(url, 'cache-versions app', () => void restart())
  const version = async (): Promise<string> => {
    const [row] = await sql`select split_part(current_setting('server_version'), ' ', 1) as version`
    return row?.version
  }
  const restart = async () => {
    if (isEnded) return
    console.error('[cache-versions] The embedded Postgres was killed. It is started again.')
    await databaseUrl().then(version).catch(console.error)
  }
  return {
    version: version(),
    async end() {
      isEnded = true
      await sql.end({ timeout: 1 })
    },
  }
}
