import { readFile, stat } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { until } from '../../scripts/until.ts'
import type { TestPostgres } from '../harness/postgres.ts'

/**
 * Returns how many messages with statements the package's sessions on the database send to Postgres a second while the
 * work runs, as its log tells. To log costs time, so nothing is timed meanwhile.
 */
export async function statementsPerSecond(
  { sql, log }: TestPostgres,
  databaseUrl: string,
  work: () => Promise<unknown>,
): Promise<number> {
  await sql`alter system set log_statement = 'all'`
  await sql`select pg_reload_conf()`
  try {
    await until('Postgres to log statements', 5, () => flushed(sql, log))
    const { size } = await stat(log)
    const began = performance.now()
    await work()
    const seconds = (performance.now() - began) / 1000
    await until('Postgres to have logged all', 5, () => flushed(sql, log))
    const written = (await readFile(log)).subarray(size).toString()
    const line = `${new URL(databaseUrl).pathname.slice(1)}|next-cache-versions`
    const lines = written
      .split('\n')
      .filter((text) => text.startsWith(line) && /\|LOG: {2}(statement|execute)/.test(text))
    return lines.length / seconds
  } finally {
    await sql`alter system reset log_statement`
    await sql`select pg_reload_conf()`
  }
}

/** Postgres writes its log in order. */
async function flushed(sql: Sql, log: string): Promise<true | undefined> {
  const marker = `marker ${process.hrtime.bigint()}`
  await sql.unsafe(`select '${marker}'`)
  return (await readFile(log, 'utf8')).includes(marker) || undefined
}
