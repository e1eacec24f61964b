import { CacheVersionsError } from '../../base/error.ts'

/** Returns the text for an error: the package's own message, or a hint where to find that of others. */
export function safeMessage(error: unknown, what: string): string {
  if (error instanceof Error && isOwn(error)) return error.message.replace('[cache-versions] ', '')
  console.error(`[cache-versions] ${what}`, error)
  return `${what} The server's log says why.`
}

/** Compared by name: Next bundles the package several times, so the class may be another copy's. */
function isOwn(error: Error): boolean {
  return error instanceof CacheVersionsError || error.name === 'CacheVersionsError'
}
