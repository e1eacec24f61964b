import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import postgres, { type Sql } from 'postgres'
import { project } from '../../scripts/project.ts'
import { until } from '../../scripts/until.ts'
import { audit, startAudit } from './audit.ts'

export interface KillOutcome {
  kills: number
  /** Transactions that were whole when it was all over. */
  committed: number
  violations: string[]
}

/** What a client has done, step by step, in its first transaction. */
export const steps = ['connect', 'begin', 'change', 'invalidate', 'change', 'invalidate', 'commit']

/** Kills a client after each of its steps, as often as there are rounds. */
export function killClientsBetweenSteps(url: string, rounds = 1): Promise<KillOutcome> {
  return killClients(url, rounds * steps.length, 'wait', async (client, round) => {
    for (let step = 0; step < round % steps.length; step++) {
      await client.step()
      client.goOn()
    }
    await client.step()
  })
}

/** Kills clients at random moments of their work. */
export function killClientsAtRandom(url: string, rounds: number): Promise<KillOutcome> {
  return killClients(url, rounds, 'run', async (client) => {
    await client.step()
    await delay(Math.random() * 40)
  })
}

/** What a client does until it is killed. */
type Life = (client: Client, round: number) => Promise<void>

async function killClients(
  url: string,
  kills: number,
  pace: 'wait' | 'run',
  live: Life,
): Promise<KillOutcome> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await sql`select start_cache_versioning('victim-0'), start_cache_versioning('victim-1')`
    await startAudit(sql)
    let round = 0
    const work = async () => {
      while (round < kills) await killOne(sql, startClient(url, pace), live, round++)
    }
    await Promise.all([work(), work(), work()])
    const violations = [...(await audit(sql)), ...(await halves(sql))]
    const [row] = await sql<{ committed: number }[]>`
      select count(distinct txid)::int as committed from noted_changes`
    return { kills, committed: row?.committed ?? 0, violations }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function killOne(sql: Sql, client: Client, live: Life, round: number): Promise<void> {
  try {
    await live(client, round)
  } finally {
    await client.kill()
  }
  await untilGone(sql, client.pid)
}

/** Transactions of which only a part is there. */
async function halves(sql: Sql): Promise<string[]> {
  const rows = await sql<{ txid: string }[]>`
    select txid::text from noted_changes group by txid having count(*) <> 2`
  return rows.map(({ txid }) => `${txid} is there by half`)
}

/** Postgres notices that a client is dead when it next hears nothing from it, and rolls back. */
async function untilGone(sql: Sql, pid: number): Promise<void> {
  await until(`the end of the connection of client ${pid}`, 20, async () => {
    const rows = await sql`select from pg_stat_activity where application_name = ${`victim ${pid}`}`
    return rows.length === 0 ? true : undefined
  })
}

interface Client {
  pid: number
  /** Waits for the next step to be done. */
  step(): Promise<void>
  goOn(): void
  kill(): Promise<void>
}

function startClient(url: string, pace: 'wait' | 'run'): Client {
  const program = fileURLToPath(new URL('./victim.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, url, pace], {
    cwd: project,
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  // What is written to a dead client has nobody to read it.
  child.stdin.on('error', () => {})
  return {
    pid: child.pid ?? 0,
    async step() {
      const { done } = await lines.next()
      if (done)
        throw new Error('[cache-versions] The client ended before it was killed. See what it printed.')
    },
    goOn: () => child.stdin.write('\n'),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
