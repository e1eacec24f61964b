/**
 * Calls back when so many milliseconds have passed, unless it is cancelled. What arrived while this process was busy
 * is read first: a late process must not be taken for a late store.
 */
export function startTimer(milliseconds: number, callback: () => void): { cancel(): void } {
  let cancelled = false
  const timer = setTimeout(() => {
    // Timers run before what the network brought, immediates after; an answer in HTTP takes two rounds.
    setImmediate(() => setImmediate(() => cancelled || callback()))
  }, milliseconds)
  return {
    cancel() {
      cancelled = true
      clearTimeout(timer)
    },
  }
}
