import { parseArgs } from 'node:util'
import postgres, { type Sql } from 'postgres'
import { createDatabase } from '../harness/database.ts'
import { startTestPostgres } from '../harness/postgres.ts'
import { fillTagLog, forgetTagLog, lookUpAsOld, readCacheVersions, stampOfNow } from '../harness/tag-log.ts'
import { median } from './load.ts'

const usage = `Usage: pnpm tsx e2e/bench/tags.ts [options]

Times what tags cost beside a log of many tags: a read of the versions, a read after a change, an invalidation, a lookup of
an entry that is older than what is in memory, and what a process does with the log when it starts. Prints medians in
milliseconds, with an empty log and with a full one, and how many transactions a second sixteen clients commit that
invalidate one tag each, the same tag each, and one named cache.

Options:
  --lines N    Tags in the full log (default: 1000000)
  --rounds N   How often each is timed (default: 300)
  -h, --help   Print this
`

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '300' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) process.stdout.write(usage)
else await bench()

async function bench(): Promise<void> {
  process.env.CACHE_VERSIONS_LEASES = 'off'
  const server = await startTestPostgres()
  try {
    const { href } = await createDatabase(server.url, 'bench_tags')
    process.env.DATABASE_URL = href
    const sql = postgres(href, { max: 16, onnotice: () => {} })
    await sql`select start_cache_versioning('bans'), invalidate_tag('first')`
    const empty = await timeEach(sql)
    await fill(sql, Number(values.lines))
    const full = await timeEach(sql)
    console.table({ empty, full })
    console.table(await commits(sql))
    await sql.end()
  } finally {
    await server.stop()
  }
}

async function fill(sql: Sql, lines: number): Promise<void> {
  await sql.unsafe(fillTagLog, [lines])
  await sql`vacuum analyze cache_invalidations`
  await sql`select invalidate_tag('last')`
}

async function timeEach(sql: Sql): Promise<Record<string, number>> {
  forgetTagLog()
  const rounds = Number(values.rounds)
  const before = process.memoryUsage().heapUsed
  const start = await milliseconds(() => readCacheVersions())
  globalThis.gc?.()
  const kibibytes = Math.round((process.memoryUsage().heapUsed - before) / 1024)
  const first = await stampOfNow()
  const times: Record<string, number[]> = {
    read: [],
    invalidate: [],
    'read after it': [],
    'look up 8 tags': [],
  }
  for (let round = 0; round < rounds; round++) {
    times.read?.push(await milliseconds(() => readCacheVersions()))
    times.invalidate?.push(await milliseconds(() => sql`select invalidate_tag(${`new:${round}`})`))
    times['read after it']?.push(await milliseconds(() => readCacheVersions()))
    const tags = Array.from({ length: 8 }, (_, i) => `post:${Math.floor(Math.random() * 1e6)}${i}`)
    times['look up 8 tags']?.push(await milliseconds(() => lookUpAsOld([...tags, first])))
  }
  const medians = Object.entries(times).map(([name, list]) => [name, Math.round(1000 * median(list)) / 1000])
  return { ...Object.fromEntries(medians), 'first read': Math.round(start), 'KiB after it': kibibytes }
}

async function commits(sql: Sql): Promise<Record<string, number>> {
  let number = 0
  const perSecond = async (work: () => Promise<unknown>) => {
    const end = performance.now() + 3000
    let count = 0
    const client = async () => {
      for (; performance.now() < end; count++) await work()
    }
    await Promise.all(Array.from({ length: 16 }, client))
    return Math.round(count / 3)
  }
  return {
    'a new tag each': await perSecond(() => sql`select invalidate_tag(${`each:${++number}`})`),
    'the same tag': await perSecond(() => sql`select invalidate_tag('same')`),
    'one named cache': await perSecond(() => sql`select invalidate_cache('bans')`),
  }
}

async function milliseconds(work: () => PromiseLike<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
