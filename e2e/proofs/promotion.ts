import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Sql } from 'postgres'

import { type Gate, gate } from '../harness/gate.ts'
import { type LeaseReaders, startLeaseReaders } from '../harness/lease-readers.ts'
import { firstPostgres, losses, type Running, session } from './promotion/losses.ts'

const readers = 3
/** Postgres outlasts a lease by a quarter. */
const limit = 1250
/** A busy machine takes its time. */
const margin = 750

export type Loss = keyof typeof losses

/** How long writers took after Postgres was lost, in milliseconds. */
interface Round {
  readonly loss: Loss
  readonly first: number
  readonly second: number
  /** Reads from memory between the loss and the first commit after it. */
  readonly answers: number
}

interface PromotionOutcome {
  readonly rounds: readonly Round[]
  readonly reads: number
  readonly readsFromMemory: number
  readonly leases: number
  readonly violations: readonly string[]
}

/** One after the other, so many in all. */
export function lossesOf(rounds: number): Loss[] {
  const all = Object.keys(losses) as Loss[]
  return Array.from({ length: rounds }, (_, round) => all[round % all.length] as Loss)
}

/**
 * Loses a Postgres under servers that hold leases and whose network has become silent, so that they do not hear of it, and
 * writes at once to the one that comes after it. No server may answer with an older version once that is committed.
 */
export async function provePromotions(
  folder: string,
  list: readonly Loss[],
  first?: Running,
): Promise<PromotionOutcome> {
  let now = first ?? (await firstPostgres(join(folder, 'first')))
  const way = await gate(Number(new URL(now.url).port), '127.0.0.1')
  const rounds: Round[] = []
  const violations: string[] = []
  try {
    await session(now.url, (sql) => sql`update cache_versions set version = '00000000'`)
    const url = new URL(now.url)
    url.port = String(way.port)
    const servers = await startLeaseReaders(url.href, readers)
    let number = 0
    for (const loss of list) {
      const place = join(folder, `after-${number}`)
      const lost = await losses[loss](now, place)
      const { next, ...round } = await lose(loss, lost, { servers, way, number })
      now = next
      number += 2
      rounds.push(round)
      violations.push(...violationsOf(round))
      await way.open(Number(new URL(now.url).port))
    }
    const outcomes = await servers.end()
    const sum = (name: 'reads' | 'fromMemory' | 'leases' | 'old') =>
      outcomes.reduce((total, outcome) => total + outcome[name], 0)
    if (sum('old') > 0) violations.push(`${sum('old')} reads were older than an acknowledged write`)
    return {
      rounds,
      reads: sum('reads'),
      readsFromMemory: sum('fromMemory'),
      leases: sum('leases'),
      violations,
    }
  } finally {
    await way.stop()
    await now.postgres.remove()
  }
}

async function lose(
  loss: Loss,
  lost: () => Promise<Running>,
  { servers, way, number }: { servers: LeaseReaders; way: Gate; number: number },
): Promise<Round & { next: Running }> {
  await servers.leased()
  way.freeze()
  const answers = servers.answers()
  const next = await lost()
  const times = await session(next.url, async (sql) => {
    const first = await write(sql, number + 1)
    servers.acknowledge(number + 1)
    const seen = servers.answers()
    const second = await write(sql, number + 2)
    servers.acknowledge(number + 2)
    return { first, second, answers: seen - answers }
  })
  return { loss, ...times, next }
}

/** Tries until Postgres takes writes. Returns how long the one took that it has taken. */
async function write(sql: Sql, number: number): Promise<number> {
  const version = String(number).padStart(8, '0')
  for (;;) {
    const start = performance.now()
    try {
      await sql`update cache_versions set version = ${version} where cache = 'bans'`
      return Math.round(performance.now() - start)
    } catch (error) {
      // A standby that is not promoted yet refuses a write, and a Postgres that recovers refuses a connection.
      if (!/^(25006|57P03|57P02|CONNECTION_CLOSED)$/.test((error as { code?: string }).code ?? ''))
        throw error
      await delay(5)
    }
  }
}

function violationsOf({ loss, first, second, answers }: Round): string[] {
  return [
    ...(first < limit ? [`${loss}: the first writer waited only ${first} ms`] : []),
    ...(first > limit + margin ? [`${loss}: the first writer waited for ${first} ms`] : []),
    ...(second > limit / 2 ? [`${loss}: the second writer waited for ${second} ms`] : []),
    // Else it would prove nothing.
    ...(answers === 0 ? [`${loss}: nobody held a lease`] : []),
  ]
}
