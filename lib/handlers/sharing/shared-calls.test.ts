import fc, { type Scheduler } from 'fast-check'
import { expect, test } from 'vitest'
import { SharedCalls } from './shared-calls.ts'

const steps = fc.array(fc.constantFrom('request', 'invalidate'), { maxLength: 10 })

/** One process with one cached function, as Next runs it: calls that come while one is under way join it. */
class Process {
  /** The data, and the version after each change. */
  version = 0
  loads = 0
  readonly #scheduler: Scheduler
  #known = 0
  #stored: { value: number; stamp: number } | undefined
  #joinable: Promise<number> | undefined
  readonly #calls = new SharedCalls({ known: () => this.#known, now: () => this.#read() })

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  async request(): Promise<number> {
    await this.#calls.beforeJoin('key')
    const end = this.#calls.begin('key')
    const call = this.#joinable ?? this.#lead()
    const ended = () => {
      if (this.#joinable === call) this.#joinable = undefined
      end()
    }
    call.then(ended, ended)
    return await call
  }

  #lead(): Promise<number> {
    this.#joinable = this.#lookUp()
    return this.#joinable
  }

  async #lookUp(): Promise<number> {
    const current = await this.#read()
    if (this.#stored?.stamp === current) return this.#stored.value
    const stamp = this.#known
    this.loads++
    await this.#scheduler.schedule(Promise.resolve(), 'the load reads the data')
    const value = this.version
    await this.#scheduler.schedule(Promise.resolve(), 'the load ends')
    this.#stored = { value, stamp }
    return value
  }

  async #read(): Promise<number> {
    await this.#scheduler.schedule(Promise.resolve(), 'Postgres reads the versions')
    const found = this.version
    await this.#scheduler.schedule(Promise.resolve(), 'the versions come back')
    this.#known = Math.max(this.#known, found)
    return this.#known
  }
}

test('in every order of events no request gets a value from before it came, joined or stored', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), steps, async (scheduler, plan) => {
      const process = new Process(scheduler)
      const requests: Promise<void>[] = []
      const { task } = scheduler.scheduleSequence(
        plan.map((step) => async () => {
          if (step === 'invalidate') process.version++
          else {
            const since = process.version
            requests.push(process.request().then((value) => expect(value).toBeGreaterThanOrEqual(since)))
          }
        }),
      )
      await scheduler.waitFor(task)
      await scheduler.waitFor(Promise.all(requests))
    }),
    { numRuns: 1000 },
  )
})

test('requests that come together without an invalidation share one load in every order of events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 6 }), async (scheduler, count) => {
      const process = new Process(scheduler)
      await scheduler.waitFor(Promise.all(Array.from({ length: count }, () => process.request())))
      expect(process.loads).toBe(1)
    }),
    { numRuns: 300 },
  )
})
