import { Pace } from './pace.ts'
import { type Numbers, type Thing, things, type Value, valuesIn } from './value.ts'

export interface Counts {
  reads: number
  /** Reads that showed only what others had been shown before they began: nothing was loaded for them. */
  cached: number
  /** Reads during which a write was acknowledged. */
  overlapping: number
  /** Reads that broke the promise. */
  old: number
}

const none: Counts = { reads: 0, cached: 0, overlapping: 0, old: 0 }

/** An old value is described only so often; it is counted always. */
const described = 10

/** A read that is under way. */
export interface Read {
  /** What was acknowledged when it began: it must not show less. */
  readonly noted: Numbers
  /** Takes the body of the answer. */
  end(text: string): void
  fail(error: unknown): void
}

/** Whether a run may end. */
export type IsEnough = (tally: Tally) => boolean

/** Notes what was acknowledged and what was shown, in the order in which this process learns of it. */
export class Tally {
  readonly byKind = new Map<string, Counts>()
  readonly writes = new Map<string, number>()
  /** The longest that each kind of writer has waited, in milliseconds. */
  readonly longestWrite = new Map<string, number>()
  readonly violations: string[] = []
  readonly failures: string[] = []
  readonly pace = new Pace()
  readonly #start = performance.now()
  #now = 0
  #acknowledged = 0
  #floors = Object.fromEntries(things.map((thing) => [thing, 0])) as Numbers
  /** When the value of each load was first shown, and when each server first gave each answer. */
  readonly #firstSeen = new Map<string, number>()

  /** Names where writes come from, so that it is known if none does. */
  expectWrites(from: string): void {
    this.writes.set(from, 0)
  }

  /** The write of the number, and its invalidation, are committed. */
  acknowledge(from: string, written: readonly Thing[], number: number, milliseconds = 0): void {
    this.#acknowledged++
    this.longestWrite.set(from, Math.max(this.longestWrite.get(from) ?? 0, Math.round(milliseconds)))
    this.writes.set(from, (this.writes.get(from) ?? 0) + 1)
    this.#floors = this.#atLeast(Object.fromEntries(written.map((thing) => [thing, number])))
  }

  /**
   * Begins a read, of which more may be known than what others were acknowledged.
   *
   * @param ofBuild what a page shows that the build has left
   */
  begin(kind: string, server: number, own: Partial<Numbers> = {}, ofBuild: Thing = 'bans'): Read {
    const began = ++this.#now
    const noted = this.#atLeast(own)
    const acknowledged = this.#acknowledged
    return {
      noted,
      end: (text) => {
        const values = valuesIn(text, ofBuild)
        if (values.length === 0) return this.#fail(`${kind} of server ${server} showed no value.`)
        const loads = values.map(({ load }) => `${load}`)
        const answer = `${kind} of server ${server}: ${loads}`
        const wasSeen = (what: string) => (this.#firstSeen.get(what) ?? Number.POSITIVE_INFINITY) < began
        const old = values.find(({ thing, number }) => number < noted[thing])
        if (old) this.#describe(kind, server, old, noted, wasSeen(answer))
        this.#count(kind, {
          reads: 1,
          cached: loads.every(wasSeen) ? 1 : 0,
          overlapping: this.#acknowledged > acknowledged ? 1 : 0,
          old: old ? 1 : 0,
        })
        this.#now++
        for (const what of [answer, ...loads]) {
          if (!this.#firstSeen.has(what)) this.#firstSeen.set(what, this.#now)
        }
        this.pace.count()
      },
      fail: (error) => this.#fail(`${kind} of server ${server} failed: ${inWords(error)}`),
    }
  }

  #atLeast(numbers: Partial<Numbers>): Numbers {
    const higher = (thing: Thing) => Math.max(this.#floors[thing], numbers[thing] ?? 0)
    return Object.fromEntries(things.map((thing) => [thing, higher(thing)])) as Record<Thing, number>
  }

  #count(kind: string, more: Counts): void {
    const counts = this.byKind.get(kind) ?? none
    this.byKind.set(kind, {
      reads: counts.reads + more.reads,
      cached: counts.cached + more.cached,
      overlapping: counts.overlapping + more.overlapping,
      old: counts.old + more.old,
    })
  }

  #describe(kind: string, server: number, old: Value, noted: Numbers, wasKept: boolean): void {
    if (this.violations.length === described) return
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(1)
    const how = wasKept ? 'as it had before' : 'for the first time'
    this.violations.push(
      `After ${seconds} s ${kind} of server ${server} showed ${old.thing} ${old.number}, ${how}; ${noted[old.thing]} had been written before it was asked for.`,
    )
  }

  #fail(sentence: string): void {
    this.failures.push(sentence)
    this.pace.count()
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
