/**
 * Returns the path that Next's key of a page names: the key is the path, since 16.4 behind `/route-cache/<kind>/<hash>/$`
 * (`server/lib/incremental-cache/index.js`). Without it the lifetime of a page of the build is not found, and requests
 * wait for loads of other pages of their route.
 */
export function pathOfKey(key: string): string {
  const path = key.slice(key.indexOf('$') + 1)
  return path === '/index' ? '/' : path
}
