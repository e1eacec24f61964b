/** Whether the filter shows the cache. */
export function matches(cache: string, query: string): boolean {
  return cache.toLowerCase().includes(query.trim().toLowerCase())
}
