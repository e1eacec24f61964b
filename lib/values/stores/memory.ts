import { LRUCache } from 'lru-cache'
import type { Store } from './contract.ts'

const mebibyte = 1024 * 1024

/** The bytes of an entry beside its text, measured for lru-cache's own bookkeeping. */
const entryOverheadBytes = 200

/** Returns a store in this process's memory that keeps the most recently used entries, up to a limit in bytes. */
export function memoryStore(maxBytes: number = 64 * mebibyte): Store {
  const texts = memoryTexts(maxBytes)
  return {
    name: 'memory',
    async get(key) {
      return texts.get(key)
    },
    async set(key, text, ttlSeconds) {
      texts.set(key, text, { ttl: ttlSeconds * 1000 })
    },
  }
}

/** Returns a map of the most recently used texts, up to a limit in bytes. */
export function memoryTexts(maxBytes: number): LRUCache<string, string> {
  return new LRUCache({
    maxSize: maxBytes,
    // V8 uses two bytes a character at most.
    sizeCalculation: (text, key) => 2 * (text.length + key.length) + entryOverheadBytes,
  })
}
