import { randomBytes } from 'node:crypto'
import { existsSync, promises, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { withCacheVersions } from 'next-cache-versions/config'

const valueBytes = 1000

/** Of Next's handlers, what is used here; their values are the same to it. */
interface Handler {
  get(key: string, context: object): Promise<unknown>
  set(key: string, value: object, context?: object): Promise<void>
}

/**
 * Gives the function that looks up and keeps one entry of each kind under a key, as Next does for one request: with the
 * handlers that the configuration names.
 */
export async function keeper(serverDistDir: string, maxMemoryCacheSize: number) {
  const { cacheHandler, cacheHandlers } = withCacheVersions({})
  const { default: entries }: { default: Handler } = await load(cacheHandlers?.default)
  const { default: Pages }: { default: new (context: object) => Handler } = await load(cacheHandler)
  const fs = { ...promises, existsSync, readFileSync }
  const options = {
    fs,
    dev: false,
    flushToDisk: false,
    serverDistDir,
    maxMemoryCacheSize,
    revalidatedTags: [],
  }

  return async (key: number, tags: string[]): Promise<void> => {
    await entries.get(`entry-${key}`, [])
    await entries.set(`entry-${key}`, Promise.resolve(entry(tags)))
    const handler = new Pages({ ...options, _requestHeaders: {} })
    await handler.get(`/${key}`, { kind: 'APP_ROUTE', isFallback: false })
    await handler.set(`/${key}`, response(tags), { isFallback: false, cacheControl: lifetime })
    await handler.get(`fetch-${key}`, { kind: 'FETCH', tags })
    await handler.set(`fetch-${key}`, fetched(tags), { fetchCache: true, tags })
  }
}

const lifetime = { revalidate: 900, expire: 3600 }

function entry(tags: string[]) {
  const value: ReadableStream<Uint8Array> = new Blob([randomBytes(valueBytes)]).stream()
  return {
    ...lifetime,
    value,
    tags,
    timestamp: performance.timeOrigin + performance.now(),
    stale: 300,
  }
}

function response(tags: string[]) {
  const headers = { 'x-next-cache-tags': tags.join(',') }
  return { kind: 'APP_ROUTE', body: randomBytes(valueBytes), status: 200, headers }
}

function fetched(tags: string[]) {
  const data = { headers: {}, body: randomBytes(valueBytes).toString('base64'), url: '', status: 200 }
  return { kind: 'FETCH', data, tags, revalidate: 900 }
}

async function load(path = '') {
  return await import(pathToFileURL(path).href)
}
