import { parseArgs } from 'node:util'
import { live } from '../processes/lifetime.ts'
import { startRedis } from '../redis/redis.ts'
import { startRest } from '../redis/rest.ts'
import { invalidationFigures } from './invalidations.ts'
import { peers } from './peers.ts'
import { type Subject, subjects } from './subjects.ts'
import { type Timing, timeHits, timeMisses } from './timing.ts'

const usage = `Usage: pnpm tsx scripts/bench/values.ts [--seconds <number>] [--large] [--json]

Times cached() in each store beside a bare GET and beside the peers that are installed, all on one real Redis in one
run, and counts what an invalidation sends to Redis.

  -s, --seconds <number>  How long each figure is measured (default: 1)
      --large             Counts with 1 000 000 entries too
      --json              Prints the figures as JSON
  -h, --help              Prints this
`

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', short: 's', default: '1' },
    large: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

async function bench(lifetime: Parameters<Parameters<typeof live>[0]>[0]): Promise<void> {
  const redis = await startRedis({ own: true, args: ['--enable-debug-command', 'local'] })
  lifetime.atEnd(redis.stop)
  const rest = await startRest({ redisUrl: redis.url, token: 'bench' })
  lifetime.atEnd(rest.stop)
  const all = [...subjects(redis.url, rest.url), ...(await peers(redis.url))]
  const rows = await measure(all, Number(values.seconds))
  const entries = [10, 10_000, ...(values.large ? [1_000_000] : [])]
  const invalidations = await invalidationFigures(redis.url, entries)
  if (values.json) {
    console.log(JSON.stringify({ redis: redis.label, rows, invalidations }, null, 2))
  } else {
    console.log(redis.label)
    console.table(rows)
    console.table(invalidations)
  }
  await lifetime.end(0)
}

const rounds = 5

/** Measures in turns and takes each subject's best, so that what else the machine does is nobody's disadvantage. */
async function measure(all: readonly Subject[], seconds: number) {
  const timings = new Map(all.map((subject) => [subject, { hit: worst, by16: worst, miss: worst }]))
  for (const subject of all) await timeHits(subject, { callers: 16, seconds: 0.3 })
  for (let round = 0; round < rounds; round += 1) {
    for (const [subject, found] of timings) {
      const share = seconds / rounds
      found.hit = better(found.hit, await timeHits(subject, { callers: 1, seconds: share }))
      found.by16 = better(found.by16, await timeHits(subject, { callers: 16, seconds: share }))
      if (subject.miss) found.miss = better(found.miss, await timeMisses(subject.miss, share))
    }
  }
  return [...timings].map(([{ name, miss }, found]) => ({
    subject: name,
    hitMicroseconds: found.hit.medianMicroseconds,
    hitsPerSecondBy16: found.by16.perSecond,
    missMicroseconds: miss ? found.miss.medianMicroseconds : undefined,
  }))
}

const worst: Timing = { medianMicroseconds: Number.POSITIVE_INFINITY, perSecond: 0 }

function better(one: Timing, other: Timing): Timing {
  return {
    medianMicroseconds: Math.min(one.medianMicroseconds, other.medianMicroseconds),
    perSecond: Math.max(one.perSecond, other.perSecond),
  }
}

if (values.help) process.stdout.write(usage)
else await live(bench)
