import { randomBytes } from 'node:crypto'
import { migrate } from '../migrate.ts'
import type { Lifetime } from '../processes/lifetime.ts'
import { setting } from '../setting.ts'
import { type HeldDatabase, holdDatabase } from './held-database.ts'

/** What Next needs around it: a database that is migrated and seeded, and the variables that tell of it. */
export interface AppEnvironment {
  database: HeldDatabase
  variables: NodeJS.ProcessEnv
  /** Where the admin page is entered, for somebody who sees this terminal. */
  adminEntry: string
}

export async function prepareEnvironment(lifetime: Lifetime): Promise<AppEnvironment> {
  const database = await holdDatabase()
  lifetime.atEnd(database.release)
  await migrate(database.url)
  // Not at the top: it imports the package, which may have been compiled only now.
  const { seed } = await import('../seed.ts')
  if (await seed(database.url)) console.log('The demo forum has its first posts.')

  const variables = { ...process.env, DATABASE_URL: database.url }
  if (setting('CACHE_VERSIONS_ADMIN_TOKEN')) {
    return { database, variables, adminEntry: '/admin/caches (with CACHE_VERSIONS_ADMIN_TOKEN)' }
  }
  const token = randomBytes(32).toString('base64url')
  return {
    database,
    variables: { ...variables, CACHE_VERSIONS_ADMIN_ONE_TIME_TOKEN: token },
    adminEntry: `/admin/caches/session?token=${token}`,
  }
}
