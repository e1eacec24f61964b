import { processState } from '../core/process-state.ts'
import { createCacheAdminToken, isOneTimeToken } from './tokens.ts'

/**
 * Prints a one-time token to the server's log, unless one that this server has printed still works: so a stranger who
 * asks for the closed page, however often, has it print one.
 */
export async function printOneTimeToken(): Promise<void> {
  const state = processState()
  state.adminPrinting ??= printUnlessPrinted().finally(() => {
    state.adminPrinting = undefined
  })
  await state.adminPrinting
}

async function printUnlessPrinted(): Promise<void> {
  const state = processState()
  if (state.adminPrinted && (await isOneTimeToken(state.adminPrinted))) return
  state.adminPrinted = await createCacheAdminToken()
  console.info(
    `[cache-versions] The admin page is closed. Sign in once, within 12 hours, with the token ${state.adminPrinted} or set CACHE_VERSIONS_ADMIN_TOKEN to one of your own.`,
  )
}
