import type { TransactionSql } from 'postgres'

/** Starts the caches that the app lists and the database lacks, and says which. */
export async function startListed(
  tx: TransactionSql,
  caches: readonly string[],
  dryRun: boolean,
): Promise<string[]> {
  const [there] = await tx<{ tables: boolean }[]>`select to_regclass('cache_versions') is not null as tables`
  const rows = there?.tables ? await tx<{ cache: string }[]>`select cache from cache_versions` : []
  const started = new Set(rows.map(({ cache }) => cache))
  const lacking = caches.filter((cache) => !started.has(cache))
  if (!dryRun) for (const cache of lacking) await tx`select start_cache_versioning(${cache})`
  return lacking.map((cache) => `the start of the cache "${cache}"`)
}
