import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../scripts/migrate.ts'
import { endWithUsage, readNumber, readOptions } from '../scripts/options.ts'
import { ensurePostgres } from '../scripts/postgres/ensure-postgres.ts'
import { releasePostgres } from '../scripts/postgres/release-postgres.ts'
import { proveAdoption } from './proofs/adoption.ts'
import { compareBulkWrites } from './proofs/bulk.ts'
import { killClientsAtRandom, killClientsBetweenSteps } from './proofs/client-kills.ts'
import { proveHour } from './proofs/hour.ts'
import { proveLeases } from './proofs/leases.ts'
import { timeLogAtSize } from './proofs/log-size.ts'
import { proveMemory } from './proofs/memory.ts'
import { findMutations } from './proofs/mutations.ts'
import { provePrisma } from './proofs/prisma.ts'
import { provePromise } from './proofs/promise.ts'
import { lossesOf, provePromotions } from './proofs/promotion.ts'
import { raceInReversedOrder, raceOverRandomSubsets } from './proofs/races.ts'
import { proveRestarts } from './proofs/restarts.ts'
import { proveSeeds } from './proofs/seeds.ts'
import { killServers } from './proofs/server-kills.ts'
import { proveUpgrades } from './proofs/upgrades.ts'
import { timeSecondWriter } from './proofs/waiting.ts'

const usage = `Usage: pnpm soak [PROOF...] [options]

Runs the proofs that the invalidation commits with the write and that what is read later is fresh, longer than the tests
do, on a Postgres of their own that syncs to the disk. Prints what each found as JSON. Without names it runs all of them.

Proofs, and how many rounds each has unless told otherwise:
  reversed      500  Two writers, the caches in reversed order, one transaction a round
  subsets       500  Eight writers of random caches, one transaction a round
  client-steps   15  Kills a client between every two statements; 7 kills a round
  client-random 100  Kills a client at random, one a round
  server        200  Kills Postgres at random while it is written to, one a round
  mutations      99  Leaves one rule of the leases and tags out after the other, and sees that a test fails; a round is a rule
  restarts       50  Restarts Postgres under readers of every kind of cache, then asks for each on each server
  waiting         5  Times a writer beside a transaction of another that stays open for a second
  bulk           15  Compares statements of a million rows with and without a trigger
  log            21  Times the log with a million lines in it
  promise    100000  Reads every kind of cache of three servers while it is written from everywhere; a round is a read
  leases     100000  The same under leases, with servers that are frozen, blocked, cut off, and have their clocks set
  promotion      25  Promotes a standby, and crashes and restarts Postgres, under servers with leases that do not hear of it
  memory    1000000  Keeps entries under keys that never repeat, and measures the heap; a round is a key of each kind
  adoption        4  Sets the packed package up in new apps of create-next-app; a round is an app. Needs a registry
  prisma          1  Invalidates in transactions of Prisma, which it installs. Needs a registry
  seeds       10000  Builds so many static pages, and counts which are rendered again at the first request
  upgrades        1  Runs the tests of the SQL and of its upgrades on Postgres 15 to 18, from the npm registry,
                    and asks doctor about 14
  hour       360000  Asks a server for pages of every kind, as many as in an hour at 100 a second, and measures its heap

Options:
  --rounds N  Another number of rounds
  -h, --help  Print this

Exit code: 0 no violation, 1 a promise was broken, 2 wrong usage.
`

interface Proof {
  rounds: number
  run(place: { url: string; folder: string; rounds: number }): Promise<object>
}

const proofs: Record<string, Proof> = {
  reversed: { rounds: 500, run: ({ url, rounds }) => raceInReversedOrder(url, rounds) },
  subsets: { rounds: 500, run: ({ url, rounds }) => raceOverRandomSubsets(url, rounds) },
  'client-steps': { rounds: 15, run: ({ url, rounds }) => killClientsBetweenSteps(url, rounds) },
  'client-random': { rounds: 100, run: ({ url, rounds }) => killClientsAtRandom(url, rounds) },
  server: { rounds: 200, run: ({ folder, rounds }) => killServers(join(folder, 'killed'), rounds) },
  mutations: { rounds: 99, run: ({ rounds }) => findMutations(rounds) },
  restarts: { rounds: 50, run: ({ folder, rounds }) => proveRestarts(join(folder, 'restarted'), rounds) },
  waiting: { rounds: 5, run: ({ url, rounds }) => timeSecondWriter(url, rounds) },
  bulk: { rounds: 15, run: ({ url, rounds }) => compareBulkWrites(url, rounds) },
  log: { rounds: 21, run: ({ url, rounds }) => timeLogAtSize(url, rounds) },
  promise: { rounds: 100_000, run: ({ url, rounds }) => provePromise(url, rounds) },
  promotion: {
    rounds: 25,
    run: ({ folder, rounds }) => provePromotions(join(folder, 'promoted'), lossesOf(rounds)),
  },
  leases: { rounds: 100_000, run: ({ url, rounds }) => proveLeases(url, rounds) },
  memory: { rounds: 1_000_000, run: ({ url, rounds }) => proveMemory(url, rounds) },
  adoption: { rounds: 4, run: ({ url, folder, rounds }) => proveAdoption(url, folder, rounds) },
  prisma: { rounds: 1, run: ({ url, folder }) => provePrisma(url, folder) },
  seeds: { rounds: 10_000, run: ({ url, rounds }) => proveSeeds(url, rounds) },
  upgrades: { rounds: 1, run: ({ folder, rounds }) => proveUpgrades(folder, rounds) },
  hour: { rounds: 360_000, run: ({ url, rounds }) => proveHour(url, rounds) },
}

process.exitCode = await main()

async function main(): Promise<number> {
  const { values, names } = readOptions(usage, { rounds: { type: 'string' } }, 'names')
  const rounds = readNumber(usage, 'rounds', values.rounds)
  const chosen = (names.length > 0 ? names : Object.keys(proofs)).map(proofNamed)
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-soak-'))
  const postgres = await ensurePostgres({ dataFolder: join(folder, 'postgres'), durable: true })
  try {
    await migrate(postgres.url)
    let broken = false
    for (const [name, proof] of chosen) {
      const start = performance.now()
      const outcome = await proof.run({ url: postgres.url, folder, rounds: rounds ?? proof.rounds })
      const seconds = Math.round((performance.now() - start) / 1000)
      console.log(JSON.stringify({ proof: name, seconds, ...outcome }, null, 2))
      broken ||= isBroken(outcome)
    }
    return broken ? 1 : 0
  } finally {
    await releasePostgres(postgres)
    await rm(folder, { recursive: true, force: true })
  }
}

function isBroken(outcome: { violations?: unknown[]; failures?: unknown[] }): boolean {
  return [...(outcome.violations ?? []), ...(outcome.failures ?? [])].length > 0
}

function proofNamed(name: string): [string, Proof] {
  const proof = Object.hasOwn(proofs, name) ? proofs[name] : undefined
  return [name, proof ?? endWithUsage(usage, `There is no proof "${name}". The usage names them.`)]
}
