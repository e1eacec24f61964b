import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface TagReaderData {
  readonly url: string
  /** The number of each row that was acknowledged to its writer, and whether it is over. */
  readonly shared: Int32Array
  readonly rows: number
  readonly leases: boolean
}

export interface TagReaderOutcome {
  readonly reads: number
  /** Reads that were answered by an entry. */
  readonly hits: number
  readonly loads: number
  /** Reads that returned a lower number than one that had been acknowledged before they began. */
  readonly old: number
  /** Reads of the versions that were answered under a lease. */
  readonly fromMemory: number
}

/** Servers that keep an entry of each row, in threads. */
export interface TagReaders {
  acknowledge(row: number, number: number): void
  end(): Promise<readonly TagReaderOutcome[]>
}

const longestMilliseconds = 60_000

/** The cell that ends them. */
export const isOver = (rows: number) => rows

/** A thread does not take tsx over from its process. */
const start = `
  import('tsx/esm/api').then(({ register }) => {
    register()
    return import(${JSON.stringify(new URL('./tag-reader.ts', import.meta.url))})
  })`

export async function startTagReaders(
  url: string,
  count: number,
  { rows, leases }: { rows: number; leases: boolean },
): Promise<TagReaders> {
  const shared = new Int32Array(new SharedArrayBuffer(4 * (rows + 1)))
  const workerData: TagReaderData = { url, shared, rows, leases }
  const workers = Array.from({ length: count }, () => new Worker(start, { eval: true, workerData }))
  const signal = AbortSignal.timeout(longestMilliseconds)
  await Promise.all(workers.map((worker) => once(worker, 'message', { signal })))
  const outcomes = Promise.all(workers.map((worker) => once(worker, 'message')))
  return {
    acknowledge: (row, number) => void Atomics.store(shared, row, number),
    async end() {
      Atomics.store(shared, isOver(rows), 1)
      return (await outcomes).map(([outcome]) => outcome)
    },
  }
}
