const { timeOrigin } = performance

/** Milliseconds on the clock that Next stamps `CacheEntry.timestamp` with: it runs only forward, in this process. */
export function now(): number {
  return timeOrigin + performance.now()
}
