import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { startTagReaders, type TagReaderOutcome } from '../../test/tag-readers.ts'

// Servers that keep entries of rows, beside writers of the rows. With TAG_WRITES it runs for longer.

const writes = Number(process.env.TAG_WRITES ?? 60)
const rows = 50
const writers = 3
const servers = 3

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase([])
  await database.sql`create table numbers (id int primary key, number int not null)`
})
afterAll(() => database.drop())

async function run(leases: boolean): Promise<readonly TagReaderOutcome[]> {
  await database.sql`truncate numbers`
  await database.sql`insert into numbers select id, 0 from generate_series(0, ${rows - 1}::int) as id`
  const readers = await startTagReaders(database.url, servers, { rows, leases })
  // Each writer has rows of its own, so that the numbers of one grow.
  const write = async (writer: number) => {
    for (let number = 1; number <= writes; number++) {
      const row = writer + writers * Math.floor((Math.random() * rows) / writers)
      if (row >= rows) continue
      await delay(Math.random() * 40)
      await database.sql.begin(async (tx) => {
        // Whoever invalidates first may commit last.
        if (number % 2) await tx`select invalidate_tag(${`row:${row}`})`
        await tx`update numbers set number = ${number} where id = ${row}`
        await delay(Math.random() * 10)
        if (number % 2 === 0) await tx`select invalidate_tag(${`row:${row}`})`
      })
      readers.acknowledge(row, number)
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
  return await readers.end()
}

for (const leases of [true, false]) {
  test(`no entry is old under concurrent writes ${leases ? 'with leases' : 'without leases'}`, async () => {
    const outcomes = await run(leases)
    const total = (name: keyof TagReaderOutcome) => outcomes.reduce((sum, each) => sum + each[name], 0)
    if (process.env.TAG_WRITES)
      console.log(
        JSON.stringify({
          reads: total('reads'),
          hits: total('hits'),
          loads: total('loads'),
          fromMemory: total('fromMemory'),
          old: total('old'),
        }),
      )
    expect(total('old')).toBe(0)
    expect(total('hits')).toBeGreaterThan(10 * writes)
    expect(total('loads')).toBeGreaterThan(writes)
    if (leases) expect(total('fromMemory')).toBeGreaterThan(0)
  }, 600_000)
}
