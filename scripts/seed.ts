import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { invalidateCache } from 'next-cache-versions'
import postgres from 'postgres'
import { caches } from '../app/caches.ts'
import { bans, categories, groups, permissionRules, settings } from '../drizzle/forum.ts'
import { readOptions } from './options.ts'
import { databaseUrl } from './postgres/database-url.ts'
import { seedBans, seedCategories, seedGroups, seedRules, seedSettings } from './seed/forum.ts'

/** Any number, as long as nothing else in this database locks it. */
const seedLock = 20_261_123

/**
 * Fills an empty forum and says whether it did. The forum is the same each time. Two that run at once fill it once:
 * the second waits for the first and finds it full.
 */
export async function seed(url: string): Promise<boolean> {
  const client = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: 'forum-seed', statement_timeout: 30_000 },
  })
  try {
    return await drizzle(client).transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${seedLock})`)
      if ((await tx.select().from(settings)).length > 0) return false
      await tx.insert(settings).values(seedSettings)
      await tx.insert(groups).values(seedGroups)
      await tx.insert(categories).values(seedCategories())
      await tx.insert(permissionRules).values(seedRules())
      await tx.insert(bans).values(seedBans())
      // The rows above came with ids of their own, so the sequences have to be told where to go on.
      for (const table of ['groups', 'categories']) {
        await tx.execute(
          sql`select setval(pg_get_serial_sequence(${table}, 'id'), max(id)) from ${sql.identifier(table)}`,
        )
      }
      await invalidateCache(caches, { tx, reason: 'forum seeded', actor: 'seed' })
      return true
    })
  } finally {
    await client.end({ timeout: 5 })
  }
}

if (process.argv[1] === import.meta.filename) {
  readOptions('Usage: pnpm tsx scripts/seed.ts\n\nFills the demo forum, where it is empty.', {})
  try {
    const filled = await seed((await databaseUrl()).url)
    console.log(filled ? 'The demo forum has its first posts.' : 'The demo forum has posts already.')
  } catch (error) {
    console.error(
      `[cache-versions] The demo forum was not filled: ${error instanceof Error ? error.message : error}. Migrate first: pnpm tsx scripts/migrate.ts`,
    )
    process.exitCode = 1
  }
}
