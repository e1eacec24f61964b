import { parseArgs } from 'node:util'
import { live } from '../../scripts/processes/lifetime.ts'
import { startRedis } from '../../scripts/redis/redis.ts'
import { startRest } from '../../scripts/redis/rest.ts'
import { invalidationFigures } from './invalidations.ts'
import { median } from './load.ts'
import { peers } from './peers.ts'
import { type Subject, subjects } from './subjects.ts'
import { time, timeRatio } from './timing.ts'

const usage = `Usage: pnpm tsx e2e/bench/values.ts [--seconds <number>] [--large] [--json]

Times cached() in each store beside a bare GET and beside BentoCache and cacheable, all on one real Redis in one run
and in turns, and counts what an invalidation sends to Redis. Prints medians of 5 rounds: microseconds a call, by one
caller and by 16 at once, and calls a second by 16.

  -s, --seconds <number>  How long each figure is measured in all rounds (default: 1)
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
  const all = [...subjects(redis.url, rest.url), ...peers(redis.url)]
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

/** Measures in turns, so that what else the machine does is nobody's disadvantage. */
async function measure(all: readonly Subject[], seconds: number) {
  const share = seconds / rounds
  const timings = all.map((subject) => ({ subject, rounds: [] as Awaited<ReturnType<typeof round>>[] }))
  for (const subject of all) await round(subject, 0.3)
  for (let i = 0; i < rounds; i += 1) {
    for (const { subject, rounds } of timings) rounds.push(await round(subject, share))
  }
  return timings.map(({ subject, rounds }) => {
    const of = (figure: keyof (typeof rounds)[number]) => median(rounds.map((round) => round[figure]))
    return {
      subject: subject.name,
      hit: of('hit'),
      ofBareGet: subject.bare && Number(of('ofBareGet').toFixed(3)),
      hitBy16: of('hitBy16'),
      hitsPerSecondBy16: of('hitsPerSecondBy16'),
      miss: subject.miss && of('miss'),
      missBy16: subject.miss && of('missBy16'),
    }
  })
}

async function round({ hit, miss, bare }: Subject, seconds: number) {
  await hit()
  const alone = await time(hit, { callers: 1, seconds })
  const together = await time(hit, { callers: 16, seconds })
  const none = { medianMicroseconds: Number.NaN }
  return {
    hit: alone.medianMicroseconds,
    ofBareGet: bare ? await timeRatio(hit, bare.hit, 2 * seconds) : Number.NaN,
    hitBy16: together.medianMicroseconds,
    hitsPerSecondBy16: together.perSecond,
    miss: (miss ? await time(miss, { callers: 1, seconds }) : none).medianMicroseconds,
    missBy16: (miss ? await time(miss, { callers: 16, seconds }) : none).medianMicroseconds,
  }
}

if (values.help) process.stdout.write(usage)
else await live(bench)
