import { expect } from '@playwright/test'
import type { Redis } from '../../scripts/redis/redis.ts'
import { type Cluster, type ClusterOptions, invalidateBySql } from './cluster.ts'
import type { NextServer } from './next-server.ts'
import { values } from './page.ts'

/** Two servers that keep their pages in this Redis. */
export function sharedPages({ url }: Redis): ClusterOptions {
  return {
    servers: 2,
    direct: true,
    // Only the loads are counted, on a machine that may be busy with the tests themselves.
    env: { FIXTURE_PAGES: 'shared', REDIS_URL: url, CACHE_VERSIONS_REDIS_BUDGET_MS: '2000' },
  }
}

/** Whether one server renders the page after an invalidation, and the other then serves it without a load. */
export async function servedWithoutLoad(
  { sql }: Cluster,
  path: string,
  { made, served }: { made: NextServer; served: NextServer },
): Promise<void> {
  const value = `${path}#${made.url}`
  await invalidateBySql({ sql }, value)
  await expectValues(made, path, value)
  expect(await loads({ sql })).not.toEqual([])
  await sql`truncate loads`
  for (let i = 0; i < 3; i += 1) await expectValues(served, path, value)
  expect(await loads({ sql })).toEqual([])
}

export async function expectValues(server: NextServer, path: string, value: string): Promise<void> {
  for (const seen of await values(server, path)) expect(seen).toBe(value)
}

export async function loads({ sql }: Pick<Cluster, 'sql'>): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`select name from loads`
  return rows.map(({ name }) => name)
}
