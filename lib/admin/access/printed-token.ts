import { slot } from '../../base/slot.ts'
import { createCacheAdminToken, isOneTimeToken } from './tokens.ts'

/** The token that this server has printed last, and the promise of printing it. */
const printed = slot(
  'printed admin token',
  (): { token?: string; printing?: Promise<void> | undefined } => ({}),
)

/**
 * Prints a one-time token to the server's log, unless the last printed one still works: so requests of strangers print
 * one at most.
 */
export async function printOneTimeToken(): Promise<void> {
  printed.printing ??= printUnlessPrinted().finally(() => {
    printed.printing = undefined
  })
  await printed.printing
}

async function printUnlessPrinted(): Promise<void> {
  if (printed.token && (await isOneTimeToken(printed.token))) return
  printed.token = await createCacheAdminToken()
  console.info(
    `[cache-versions] The admin page is closed. Sign in once, within 12 hours, with the token ${printed.token} or set CACHE_VERSIONS_ADMIN_TOKEN to one of your own.`,
  )
}
