import { warnSeldom } from './warn-seldom.ts'

/** Logs why no session can be looked up. The page says less, because anybody may see it. */
export function warnUnavailable(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  warnSeldom(
    'unavailable',
    () => `The sessions of the admin page cannot be looked up. ${message.replace('[cache-versions] ', '')}`,
  )
}
