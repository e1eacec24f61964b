import { holdsLock, isChanging, leaseTicks, type State } from './state.ts'

/**
 * Twice: a sleep that arrives when Postgres has nearly given the session up makes the silence begin again. The trigger
 * waits for as long.
 */
const longestWait = 2 * leaseTicks

/** Returns what is wrong with a state, if anything is. */
export function violation({ servers, writers }: State): string | undefined {
  if (servers.some(({ lease, isCurrent }) => lease > 0 && !isCurrent))
    return 'a server answers with an old version'
  if (servers.some(holdsLock) && writers.some(isChanging)) return 'a lease is granted while a version changes'
  if (writers.some(({ waited }) => waited > longestWait)) return 'a writer waits for too long'
  return undefined
}
