import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { closeCacheVersions } from 'next-cache-versions'
import postgres from 'postgres'
import { rounded } from './figures.ts'
import { boundMebibytes, storeMebibytes } from './memory/bound.ts'
import { keeper } from './memory/keeper.ts'

const mebibyte = 1024 * 1024
const caches = ['bans', 'settings', 'categories', 'permissions', 'menu']
const atOnce = 32
const keysPerInvalidation = 5

/**
 * Keeps and looks up entries under keys that never repeat, `'use cache'`, pages and fetch alike, and invalidates their
 * caches meanwhile; each entry has a tag of its own as well. The heap has to stay under the bound of the stores and the overhead.
 */
export async function proveMemory(url: string, keys: number) {
  process.env.DATABASE_URL = url
  const sql = postgres(url, { max: 2, onnotice: () => {} })
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-memory-'))
  try {
    await sql`select start_cache_versioning(name) from unnest(${caches}::text[]) as name`
    const keep = await keeper(folder, storeMebibytes * mebibyte)
    const before = heapMebibytes()
    let [next, invalidations] = [0, 0]
    const tenths: number[] = []
    const work = async () => {
      while (next < keys) {
        const key = next++
        const cache = caches[key % caches.length] ?? ''
        // Tags that name no cache, as apps make them of ids.
        await keep(key, [cache, `post-${key}`])
        if (key % keysPerInvalidation === 0) {
          invalidations++
          await sql`update cache_versions set version = new_cache_version() where cache = ${cache}`
        }
        if ((key + 1) % Math.ceil(keys / 10) === 0) tenths.push(heapMebibytes() - before)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    const grown = Math.max(...tenths, heapMebibytes() - before)
    return {
      keys,
      invalidations,
      mebibytes: {
        before: rounded(before),
        moreAtEachTenth: tenths.map((more) => rounded(more)),
        bound: boundMebibytes,
      },
      violations: grown > boundMebibytes ? [`the heap grew by ${rounded(grown)} MiB`] : [],
    }
  } finally {
    await closeCacheVersions()
    await sql.end({ timeout: 5 })
    await rm(folder, { recursive: true, force: true })
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

function heapMebibytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / mebibyte
}
