import fc, { type Scheduler } from 'fast-check'
import { expect, test } from 'vitest'
import { cached } from './cached.ts'
import type { Store } from './stores/contract.ts'

const steps = fc.array(
  fc.constantFrom('request of A', 'request of B', 'failing request of A', 'invalidate'),
  {
    maxLength: 6,
  },
)

/** Two servers that share a store, whose questions and answers arrive in any order. */
class Servers {
  /** The data, and the version that each change gives it. */
  version = 0
  /** How many loads each key has had. */
  readonly loads = new Map<string, number>()
  readonly #scheduler: Scheduler
  readonly #texts = new Map<string, string>()
  readonly #claims = new Map<string, string>()
  readonly #stores = { A: this.#store(), B: this.#store() }

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  async request(server: 'A' | 'B', fails = false): Promise<number> {
    const key = `key:${this.version}`
    const load = async () => {
      this.loads.set(key, (this.loads.get(key) ?? 0) + 1)
      await this.#turn('the load reads the data')
      const value = this.version
      await this.#turn('the load ends')
      if (fails) throw new Error('The load failed.')
      return value
    }
    return await cached(key, load, { ttlSeconds: 60, store: this.#stores[server] })
  }

  get heldClaims(): number {
    return this.#claims.size
  }

  #store(): Store {
    return {
      name: 'model',
      get: (key) => this.#ask('get', () => this.#texts.get(key)),
      set: (key, text) => this.#ask('set', () => void this.#texts.set(key, text)),
      claims: {
        take: (key, token) =>
          this.#ask('take', () => {
            const taken = !this.#claims.has(key)
            if (taken) this.#claims.set(key, token)
            return { taken, text: this.#texts.get(key) }
          }),
        release: (key, token) =>
          this.#ask('release', () => {
            if (this.#claims.get(key) === token) this.#claims.delete(key)
          }),
      },
    }
  }

  async #ask<T>(question: string, answer: () => T): Promise<T> {
    await this.#turn(`${question} arrives`)
    const result = answer()
    await this.#turn(`${question} is answered`)
    return result
  }

  async #turn(name: string): Promise<void> {
    await this.#scheduler.schedule(Promise.resolve(), name)
  }
}

test('in every order of events no value is older than its key, and what fails is loaded again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), steps, async (scheduler, plan) => {
      const servers = new Servers(scheduler)
      const requests: Promise<void>[] = []
      const { task } = scheduler.scheduleSequence(
        plan.map((step) => async () => {
          if (step === 'invalidate') servers.version++
          else {
            const since = servers.version
            const request = servers.request(step === 'request of B' ? 'B' : 'A', step.startsWith('failing'))
            requests.push(
              request.then(
                (value) => expect(value).toBeGreaterThanOrEqual(since),
                (error) => expect(error.message).toBe('The load failed.'),
              ),
            )
          }
        }),
      )
      await scheduler.waitFor(task)
      await scheduler.waitFor(Promise.all(requests))
      await scheduler.waitFor(
        servers.request('A').then((value) => expect(value).toBeGreaterThanOrEqual(servers.version)),
      )
    }),
    { numRuns: 200 },
  )
})

test('in every order of events two servers that miss a key together load it once, and end their claim', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom('A' as const, 'B' as const), { minLength: 1, maxLength: 4 }),
      async (scheduler, plan) => {
        const servers = new Servers(scheduler)
        await scheduler.waitFor(Promise.all(plan.map((server) => servers.request(server))))
        expect([...servers.loads.values()]).toEqual([1])
        await scheduler.waitAll()
        expect(servers.heldClaims).toBe(0)
      },
    ),
    { numRuns: 200 },
  )
})
