import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

export interface ReaderData {
  readonly url: string
  readonly shared: Int32Array
  /** Which of the readers this is. */
  readonly index: number
  /** Whether to block the event loop now and then, for a moment or for longer than a lease lasts. */
  readonly blocks: boolean
}

export interface ReaderOutcome {
  readonly reads: number
  readonly fromMemory: number
  readonly leases: number
  readonly recalls: number
  /** Reads that returned a lower number than one that had been acknowledged before they began. */
  readonly old: number
  readonly failures: readonly string[]
}

/** Servers that read from memory, in threads. */
export interface LeaseReaders {
  /** Notes a number that was acknowledged to its writer: nobody may read a lower one any more. */
  acknowledge(number: number): void
  /** How many reads were answered until now. */
  answers(): number
  /** Waits until all of them hold a lease from now on. */
  leased(): Promise<void>
  end(): Promise<readonly ReaderOutcome[]>
}

/** For what readers may take to come so far. */
const longestMilliseconds = 60_000

/** The cells of the memory that the threads share. */
export const cells = { acknowledged: 0, isOver: 1, answers: 2, leased: 3 } as const

/** A thread does not take tsx over from its process. */
const start = `
  import('tsx/esm/api').then(({ register }) => {
    register()
    return import(${JSON.stringify(new URL('./lease-reader.ts', import.meta.url))})
  })`

/** Starts so many, and waits until each has answered from memory. */
export async function startLeaseReaders(
  url: string,
  count: number,
  { acknowledged = 0, blocks = false }: { acknowledged?: number; blocks?: boolean } = {},
): Promise<LeaseReaders> {
  const shared = new Int32Array(new SharedArrayBuffer(4 * (cells.leased + count)))
  Atomics.store(shared, cells.acknowledged, acknowledged)
  const workers = Array.from({ length: count }, (_, index) => {
    const workerData: ReaderData = { url, shared, index, blocks }
    return new Worker(start, { eval: true, workerData })
  })
  const signal = AbortSignal.timeout(longestMilliseconds)
  await Promise.all(workers.map((worker) => once(worker, 'message', { signal })))
  const outcomes = Promise.all(workers.map((worker) => once(worker, 'message')))
  return {
    acknowledge: (number) => void Atomics.store(shared, cells.acknowledged, number),
    answers: () => Atomics.load(shared, cells.answers),
    async leased() {
      for (const index of workers.keys()) Atomics.store(shared, cells.leased + index, 0)
      const signal = AbortSignal.timeout(longestMilliseconds)
      for (const index of workers.keys())
        while (Atomics.load(shared, cells.leased + index) === 0) await delay(1, undefined, { signal })
    },
    async end() {
      Atomics.store(shared, cells.isOver, 1)
      return (await outcomes).map(([outcome]) => outcome)
    },
  }
}
