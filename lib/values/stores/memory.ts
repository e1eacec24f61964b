import { LRUCache } from 'lru-cache'
import type { Store } from './contract.ts'

const mebibyte = 1024 * 1024

/** What an entry costs beside its text, measured for lru-cache's own bookkeeping. */
const entryOverheadBytes = 200

/** A store in this process's memory that keeps the entries used last, within a bound in bytes. */
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

/** The texts used last, within a bound in bytes. */
export function memoryTexts(maxBytes: number): LRUCache<string, string> {
  return new LRUCache({
    maxSize: maxBytes,
    // Two bytes a character is the most that V8 spends on a string.
    sizeCalculation: (text, key) => 2 * (text.length + key.length) + entryOverheadBytes,
  })
}
