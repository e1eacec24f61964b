import { CacheVersionsError } from '../../base/error.ts'

/** What the admin page says about an error: the package's own words, or where to look for what others said. */
export function safeMessage(error: unknown, what: string): string {
  if (error instanceof Error && isOwn(error)) return error.message.replace('[cache-versions] ', '')
  console.error(`[cache-versions] ${what}`, error)
  return `${what} The server's log says why.`
}

/** Next bundles the package several times, so the class of an error may be another copy's. */
function isOwn(error: Error): boolean {
  return error instanceof CacheVersionsError || error.name === 'CacheVersionsError'
}
