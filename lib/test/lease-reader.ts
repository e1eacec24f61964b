import { setImmediate as turn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { closeCacheVersions } from '../versions/close.ts'
import { forgetPauses } from '../versions/lease/pause.ts'
import { allowLeases } from '../versions/lease/refusal.ts'
import { leaseStatus } from '../versions/lease/status.ts'
import { readCacheVersions } from '../versions/read.ts'
import { cells, type ReaderData, type ReaderOutcome } from './lease-readers.ts'

const longestBlockMilliseconds = 1500

/** A server of its own: a thread has its own globals, and so its own lease. */
async function read({ url, shared, index, blocks }: ReaderData): Promise<ReaderOutcome> {
  process.env.DATABASE_URL = url
  allowLeases()
  const failures: string[] = []
  let [reads, old] = [0, 0]
  let isReady = false
  let blockAt = performance.now() + longestBlockMilliseconds * Math.random()
  while (Atomics.load(shared, cells.isOver) === 0) {
    // Else the pauses would leave nothing to check between writes that are so frequent.
    forgetPauses()
    for (let i = 0; i < 10; i++) {
      const floor = Atomics.load(shared, cells.acknowledged)
      try {
        const { bans } = await readCacheVersions()
        reads++
        Atomics.add(shared, cells.answers, 1)
        if (Number(bans) < floor) old++
      } catch (error) {
        failures.push(String(error))
      }
    }
    if (leaseStatus().since) Atomics.store(shared, cells.leased + index, 1)
    await turn()
    if (!isReady && leaseStatus().reads > 0) {
      isReady = true
      parentPort?.postMessage('ready')
    }
    if (blocks && performance.now() > blockAt) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, longestBlockMilliseconds * Math.random())
      blockAt = performance.now() + longestBlockMilliseconds * Math.random()
    }
  }
  await closeCacheVersions()
  const { reads: fromMemory, leases, recalls } = leaseStatus()
  return { reads, fromMemory, leases, recalls, old, failures }
}

parentPort?.postMessage(await read(workerData))
