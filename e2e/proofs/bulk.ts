import { readFileSync } from 'node:fs'
import postgres, { type Sql } from 'postgres'
import { median, millisecondsOf, rounded } from './figures.ts'

const rows = 1_000_000

/** What each table has; `plain` has nothing, and the others are compared with it. */
const tables = {
  plain: '',
  watched: `select invalidate_cache_on_write('bulk', 'watched')`,
  // Three triggers that know how many rows were written: what it would cost to leave out statements that find none.
  counted: `
    create or replace function count_written() returns trigger language plpgsql as $$
    begin
      if exists (select from written) then perform invalidate_cache('bulk'); end if;
      return null;
    end $$;
    create trigger inserted after insert on counted referencing new table as written
      for each statement execute function count_written();
    create trigger updated after update on counted referencing new table as written
      for each statement execute function count_written();
    create trigger deleted after delete on counted referencing old table as written
      for each statement execute function count_written()`,
}

const statements = {
  insert: (table: string) =>
    `insert into ${table} select n, 'title ' || n from generate_series(1, ${rows}) as n`,
  update: (table: string) => `update ${table} set title = title`,
  delete: (table: string) => `delete from ${table}`,
}

/**
 * Compares statements of a million rows on tables side by side, in turn; the median of each pair's difference. It is
 * the processor's time where the system tells it (Linux), which other programs disturb less than the clock's.
 */
export async function compareBulkWrites(url: string, rounds: number) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await sql`select start_cache_versioning('bulk')`
    for (const [table, extra] of Object.entries(tables)) {
      await sql.unsafe(`create table ${table} (id int, title text) with (autovacuum_enabled = off); ${extra}`)
    }
    const times = new Map<string, number[]>()
    for (let round = 0; round < rounds; round++) {
      for (const [table, took] of await writeToEach(sql, round)) {
        times.set(table, [...(times.get(table) ?? []), took])
      }
    }
    return summary(times)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function costOf(sql: Sql, work: () => PromiseLike<unknown>): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const before = processorMilliseconds(row?.pid)
  const wall = await millisecondsOf(work)
  const after = processorMilliseconds(row?.pid)
  return before === undefined || after === undefined ? wall : after - before
}

function processorMilliseconds(pid = 0): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  } catch {
    return undefined
  }
}

/** Each statement on each table, and another table first in each round. */
async function writeToEach(sql: Sql, round: number): Promise<[statement: string, milliseconds: number][]> {
  const names = Object.keys(tables)
  const order = names.map((_, index) => names[(index + round) % names.length] ?? '')
  const took: [string, number][] = []
  for (const [verb, statement] of Object.entries(statements)) {
    for (const table of order) {
      await sql`checkpoint`
      took.push([`${verb} ${table}`, await costOf(sql, () => sql.unsafe(statement(table)))])
    }
  }
  await sql.unsafe(`truncate ${names.join(', ')}`)
  return took
}

function summary(times: ReadonlyMap<string, number[]>) {
  return Object.fromEntries(
    Object.keys(statements).map((verb) => {
      const plain = times.get(`${verb} plain`) ?? []
      const slower = (table: string) =>
        rounded(
          median((times.get(`${verb} ${table}`) ?? []).map((took, round) => took / (plain[round] ?? 1) - 1)) *
            100,
        )
      return [
        verb,
        {
          plainMilliseconds: rounded(median(plain), 0),
          watchedPercent: slower('watched'),
          countedPercent: slower('counted'),
        },
      ]
    }),
  )
}
