import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { ensurePostgres } from '../../scripts/postgres/ensure-postgres.ts'
import { releasePostgres } from '../../scripts/postgres/release-postgres.ts'
import { proveHandlers } from './handlers-proof.ts'

const usage = `Usage: pnpm tsx e2e/proofs/handlers.ts [options]

Asks two servers for each kind of cached page right after an invalidation from each place it can come from, and counts
the answers that are older than it. Prints JSON.

Options:
  --rounds N  How many invalidations from each place (default: 50)
  --stock     Run Next's own cache handlers instead, which are expected to give old answers
  -h, --help  Print this

Exit code: 0 as expected, 1 an old answer with the handlers of the package or none with --stock, 2 wrong usage.
`

process.exitCode = await main()

async function main(): Promise<number> {
  const wish = read()
  if (typeof wish === 'number') return wish
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-soak-'))
  const server = await ensurePostgres({ dataFolder: join(folder, 'postgres'), durable: false })
  // Somebody has to stay connected, or the server would stop while the app is built.
  const hold = postgres(server.url, { max: 1 })
  try {
    await hold`select 1`
    const proof = await proveHandlers({ postgresUrl: server.url, ...wish })
    console.log(JSON.stringify(proof, null, 2))
    return wish.stock === proof.old > 0 ? 0 : 1
  } finally {
    await hold.end()
    await releasePostgres(server)
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is to be done, or the exit code when there is nothing to do. */
function read(): { rounds: number; stock: boolean } | number {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '50' },
        stock: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) {
      process.stdout.write(usage)
      return 0
    }
    const rounds = Number(values.rounds)
    if (Number.isInteger(rounds) && rounds > 0) return { rounds, stock: values.stock }
    throw new Error(`[cache-versions] "${values.rounds}" is not a number of rounds. Give 1 or more.`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return 2
  }
}
