import { migrate } from '../migrate.ts'
import type { Lifetime } from '../processes/lifetime.ts'
import { type HeldDatabase, holdDatabase } from './held-database.ts'

/** What Next needs around it: a database that is migrated and seeded, and the variables that tell of it. */
export interface AppEnvironment {
  database: HeldDatabase
  variables: NodeJS.ProcessEnv
}

export async function prepareEnvironment(lifetime: Lifetime): Promise<AppEnvironment> {
  const database = await holdDatabase()
  lifetime.atEnd(database.release)
  await migrate(database.url)
  // Not at the top: it imports the package, which may have been compiled only now.
  const { seed } = await import('../seed.ts')
  if (await seed(database.url)) console.log('The demo forum has its first posts.')

  return { database, variables: { ...process.env, DATABASE_URL: database.url } }
}
