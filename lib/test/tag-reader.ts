import { setImmediate as turn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import postgres from 'postgres'
import { closeCacheVersions } from '../versions/close.ts'
import { forgetPauses } from '../versions/lease/pause.ts'
import { allowLeases, forbidLeases } from '../versions/lease/refusal.ts'
import { leaseStatus } from '../versions/lease/status.ts'
import { readCacheVersions } from '../versions/read.ts'
import { versionOfTags } from '../versions/rows.ts'
import { stamp } from '../versions/stamp.ts'
import { cacheOfTags } from '../versions/tags/cache.ts'
import { forgetChanges, watchTags } from '../versions/tags/changes.ts'
import { lookUpTagChanges } from '../versions/tags/lookup.ts'
import { verdictOfTags } from '../versions/tags/verdict.ts'
import { isOver, type TagReaderData, type TagReaderOutcome } from './tag-readers.ts'

interface Entry {
  readonly tags: readonly string[]
  readonly number: number
}

/** A server of its own that keeps an entry for each row, and loads it again when it has expired. */
async function read({ url, shared, rows, leases }: TagReaderData): Promise<TagReaderOutcome> {
  process.env.DATABASE_URL = url
  if (leases) allowLeases()
  else forbidLeases()
  watchTags()
  const sql = postgres(url, { max: 1 })
  const entries: (Entry | undefined)[] = []
  const outcome = { reads: 0, hits: 0, loads: 0, old: 0, fromMemory: 0 }
  let isReady = false
  while (Atomics.load(shared, isOver(rows)) === 0) {
    forgetPauses()
    // As a process that starts does, with the entries of before.
    if (Math.random() < 0.001) forgetChanges()
    for (let i = 0; i < 10; i++) {
      const row = Math.floor(Math.random() * rows)
      const floor = Atomics.load(shared, row)
      const kept = entries[row]
      const isKept = kept !== undefined && (await isCurrent(kept.tags))
      const { number } = isKept ? kept : await load(row)
      outcome.reads++
      if (isKept) outcome.hits++
      if (number < floor) outcome.old++
    }
    await turn()
    if (!isReady) {
      isReady = true
      parentPort?.postMessage('ready')
    }
  }
  await sql.end()
  await closeCacheVersions()
  return { ...outcome, fromMemory: leaseStatus().reads }

  async function load(row: number): Promise<Entry> {
    const version = versionOfTags(await readCacheVersions())
    // It learns its tag with its data.
    const [found] = await sql`select number, 'row:' || id as tag from numbers where id = ${row}`
    const stamps = version === undefined ? [] : [stamp(cacheOfTags, version)]
    const entry = { tags: [found?.tag, ...stamps], number: found?.number }
    entries[row] = entry
    outcome.loads++
    return entry
  }
}

async function isCurrent(tags: readonly string[]): Promise<boolean> {
  const versions = await readCacheVersions()
  if (verdictOfTags(tags, versions) === 'unknown') await lookUpTagChanges([tags], undefined)
  return verdictOfTags(tags, versions) === 'current'
}

parentPort?.postMessage(await read(workerData))
