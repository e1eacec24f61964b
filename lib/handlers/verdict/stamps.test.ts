import fc, { type Scheduler } from 'fast-check'
import { expect, test } from 'vitest'
import { now } from '../../base/clock.ts'
import { Coalesced } from '../../base/coalesced.ts'
import { rememberVersions } from '../../versions/history.ts'
import type { CacheVersions } from '../../versions/register.ts'
import { isCurrent } from '../../versions/stamp.ts'
import { stamped } from './stamped.ts'

const steps = fc.array(fc.constantFrom('request', 'invalidate'), { maxLength: 6 })

let processes = 0

/** One server with one entry, whose loads Next does not share. */
class Process {
  /** The data, and the version that each change gives it. */
  version = 0
  readonly #scheduler: Scheduler
  readonly #cache = `cache_${processes++}`
  #stored: { value: number; tags: string[] } | undefined

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  async request(): Promise<number> {
    const versions = await this.#reads.run()
    if (this.#stored && isCurrent(this.#stored.tags, versions)) return this.#stored.value
    const began = now()
    await this.#scheduler.schedule(Promise.resolve(), 'the load reads the data')
    const value = this.version
    await this.#scheduler.schedule(Promise.resolve(), 'the load ends')
    this.#stored = { value, tags: stamped([this.#cache], began) }
    return value
  }

  readonly #reads = new Coalesced<CacheVersions>(async () => {
    await this.#scheduler.schedule(Promise.resolve(), 'Postgres reads the versions')
    const versions = { [this.#cache]: `v${this.version}` } as CacheVersions
    await this.#scheduler.schedule(Promise.resolve(), 'the versions come back')
    rememberVersions(versions)
    return versions
  })
}

test('in every order of events no stamp makes an entry current that is older than the request', async () => {
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
