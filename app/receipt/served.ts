import { type CachedEvent, type CacheName, type CacheVersions, cached } from 'next-cache-versions'

/** The facts about a value that came through a cache. */
export interface Receipt {
  readonly key: string
  readonly versions: readonly { readonly cache: CacheName; readonly version: string }[]
  readonly result: CachedEvent['type']
  /** Where it is kept, such as `memory`. */
  readonly store: string
  readonly milliseconds: number
  readonly computedAt: Date
}

export interface Served<T> {
  readonly value: T
  readonly receipt: Receipt
}

/** The lifetime of a value that nobody invalidates. Freshness comes from the version; this only bounds storage. */
const ttlSeconds = 3600

/** Returns the value through `cached`, and a receipt: a hit or a load, how long it took, how old it is. */
export async function served<T>(
  key: string,
  versions: CacheVersions,
  caches: readonly CacheName[],
  load: () => Promise<T>,
): Promise<Served<T>> {
  let result: CachedEvent['type'] = 'miss'
  let store = ''
  const start = performance.now()
  const { value, computedAt } = await cached(
    key,
    async () => {
      const value = await load()
      return { value, computedAt: new Date() }
    },
    {
      ttlSeconds,
      report: (event) => {
        result = event.type
        store = event.store
      },
    },
  )
  const milliseconds = performance.now() - start
  return {
    value,
    receipt: {
      key,
      versions: caches.map((cache) => ({ cache, version: versions[cache] })),
      result,
      store,
      milliseconds,
      computedAt,
    },
  }
}
