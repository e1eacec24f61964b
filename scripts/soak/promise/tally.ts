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

/** Notes what was acknowledged and what was shown, in the order in which this process learns of it. */
export class Tally {
  readonly byKind = new Map<string, Counts>()
  readonly writes = new Map<string, number>()
  readonly violations: string[] = []
  readonly failures: string[] = []
  readonly #start = performance.now()
  #now = 0
  #acknowledged = 0
  #answered = 0
  #floors: Numbers = { bans: 0, settings: 0 }
  /** When the value of each load was first shown. */
  readonly #firstShown = new Map<number, number>()
  /** When each server first gave an answer of a kind with the same values. */
  readonly #firstAnswered = new Map<string, number>()
  #isOver = false
  #waiting: { readonly until: number; readonly goOn: () => void }[] = []

  /** How many reads have ended, one way or the other. */
  get answered(): number {
    return this.#answered
  }

  /** Names where writes come from, so that it is known if none does. */
  expectWrites(from: string): void {
    this.writes.set(from, 0)
  }

  /** The write of the number, and its invalidation, are committed. */
  acknowledge(from: string, written: readonly Thing[], number: number): void {
    this.#acknowledged++
    this.writes.set(from, (this.writes.get(from) ?? 0) + 1)
    this.#floors = this.#atLeast(Object.fromEntries(written.map((thing) => [thing, number])))
  }

  /** Begins a read, of which more may be known than what others were acknowledged. */
  begin(kind: string, server: number, own: Partial<Numbers> = {}): Read {
    const began = ++this.#now
    const noted = this.#atLeast(own)
    const acknowledged = this.#acknowledged
    return {
      noted,
      end: (text) => {
        const values = valuesIn(text)
        if (values.length === 0) return this.#fail(`${kind} of server ${server} showed no value.`)
        const wasShown = ({ load }: Value) => (this.#firstShown.get(load) ?? Number.POSITIVE_INFINITY) < began
        const old = values.filter(({ thing, number }) => number < noted[thing])
        this.#count(kind, {
          reads: 1,
          cached: values.every(wasShown) ? 1 : 0,
          overlapping: this.#acknowledged > acknowledged ? 1 : 0,
          old: old.length > 0 ? 1 : 0,
        })
        const [first] = old
        const answer = `${kind} ${server} ${values.map(({ load }) => load)}`
        const wasKept = (this.#firstAnswered.get(answer) ?? Number.POSITIVE_INFINITY) < began
        if (first) this.#describe(kind, server, first, noted, wasKept)
        this.#now++
        if (!this.#firstAnswered.has(answer)) this.#firstAnswered.set(answer, this.#now)
        for (const { load } of values) {
          if (!this.#firstShown.has(load)) this.#firstShown.set(load, this.#now)
        }
        this.#end()
      },
      fail: (error) => this.#fail(`${kind} of server ${server} failed: ${inWords(error)}`),
    }
  }

  /** Waits until so many reads have ended since now, or until there will be no more. */
  async afterReads(count: number): Promise<void> {
    if (this.#isOver) return
    await new Promise<void>((goOn) => {
      this.#waiting.push({ until: this.#answered + count, goOn })
    })
  }

  /** There will be no more reads to wait for. */
  endReads(): void {
    this.#isOver = true
    for (const { goOn } of this.#waiting.splice(0)) goOn()
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
    this.#end()
  }

  #end(): void {
    this.#answered++
    const ready = this.#waiting.filter(({ until }) => until <= this.#answered)
    this.#waiting = this.#waiting.filter(({ until }) => until > this.#answered)
    for (const { goOn } of ready) goOn()
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
