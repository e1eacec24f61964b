import { rounded } from '../figures.ts'
import type { Counts, Tally } from './tally.ts'

export interface PromiseOutcome {
  readonly servers: number
  readonly reads: number
  /** Acknowledged writes, by where they came from. */
  readonly writes: Readonly<Record<string, number>>
  /** The longest that each of them has waited, in milliseconds. */
  readonly longestWrite: Readonly<Record<string, number>>
  /** Of the reads, how many were served from a cache, and during how many a write was acknowledged. */
  readonly cachedPercent: number
  readonly overlappingPercent: number
  /** Reads that showed a lower number than one that had been acknowledged before they began. */
  readonly old: number
  readonly byKind: Readonly<Record<string, Counts>>
  /** Requests that failed. */
  readonly failed: number
  /** The first few of the old ones, in words. */
  readonly violations: readonly string[]
  /** The first few of those that failed, and why the run proves less than it says. */
  readonly failures: readonly string[]
}

/** With less a run would pass because nothing was kept, or because nothing was written meanwhile. */
const leastPercent = { cached: 20, overlapping: 5 }

const failuresShown = 10

export function outcomeOf(tally: Tally, servers: number): PromiseOutcome {
  const kinds = [...tally.byKind]
  const sum = (name: keyof Counts) => kinds.reduce((total, [, counts]) => total + counts[name], 0)
  const percent = (name: keyof Counts) => rounded((100 * sum(name)) / sum('reads'))
  const [cachedPercent, overlappingPercent] = [percent('cached'), percent('overlapping')]
  return {
    servers,
    reads: sum('reads'),
    writes: Object.fromEntries(tally.writes),
    longestWrite: Object.fromEntries(tally.longestWrite),
    cachedPercent,
    overlappingPercent,
    old: sum('old'),
    byKind: Object.fromEntries(kinds),
    failed: tally.failures.length,
    violations: tally.violations,
    failures: [
      ...tally.failures.slice(0, failuresShown),
      ...(cachedPercent >= leastPercent.cached ? [] : [tooFew('came out of a cache', leastPercent.cached)]),
      ...(overlappingPercent >= leastPercent.overlapping
        ? []
        : [tooFew('overlapped a write', leastPercent.overlapping)]),
      ...kinds
        .filter(([, { cached }]) => cached === 0)
        .map(([kind]) => `${kind} never came out of a cache, so its reads prove nothing.`),
      ...[...tally.writes]
        .filter(([, writes]) => writes === 0)
        .map(([from]) => `${from} wrote nothing, so the reads prove nothing of it.`),
    ],
  }
}

function tooFew(what: string, least: number): string {
  return `Fewer than ${least} % of the reads ${what}, so they prove nothing.`
}
