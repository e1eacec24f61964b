import { type CachedEvent, type CacheName, type CacheVersions, cached } from 'next-cache-versions'

/** What a page tells about a value that came through a cache. */
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

/** How long a value that nobody invalidates is kept. Freshness is the version's affair; this only bounds storage. */
const ttlSeconds = 3600

/** Gets the value through `cached`, and a receipt that says what that was: a hit or a load, how long, how old. */
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
