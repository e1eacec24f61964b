const prefix = 'next-cache-versions/1/'

/**
 * Returns the value of that name in this process, and creates it at the first call. Next loads this package several
 * times a process (proxy, pages, route handlers, instrumentation, cache handlers), and each copy has its own module
 * state. A value in a slot may be changed, never replaced.
 */
export function slot<T extends object>(name: string, create: () => T): T {
  const key = Symbol.for(prefix + name)
  const scope = globalThis as unknown as Record<symbol, T | undefined>
  scope[key] ??= create()
  return scope[key]
}
