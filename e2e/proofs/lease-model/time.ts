import { isSilent } from './postgres.ts'
import type { Rules } from './rules.ts'
import { isChanging, type State, type Step } from './state.ts'
import { mayGoOn } from './writer.ts'

/** Time goes by for all alike, also for who is paused, but not past what Postgres and a writer do by themselves. */
export function* timeSteps(state: State, rules: Rules): Generator<Step> {
  const isRinging = state.writers.some(({ step }) => step === 'waits')
  const isDue =
    state.servers.some(
      (server) =>
        (isSilent(server) && server.timer === 0) ||
        (server.session === 'sleeping' && (isRinging || server.timer === 0)) ||
        (server.session === 'queued' && !state.writers.some(isChanging)),
    ) || state.writers.some((writer) => mayGoOn(state, writer))
  if (isDue) return
  const least = rules.clockAtUse ? 0 : 1
  yield {
    action: 'half a lease goes by',
    next: {
      ...state,
      servers: state.servers.map((server) => ({
        ...server,
        asked: Math.max(0, server.asked - 1),
        lease: Math.max(Math.min(least, server.lease), server.lease - 1),
        timer: Math.max(0, server.timer - 1),
      })),
      writers: state.writers.map((writer) =>
        writer.step === 'waits' || writer.step === 'outlasts'
          ? { ...writer, waited: writer.waited + 1, rest: Math.max(0, writer.rest - 1) }
          : writer,
      ),
      former: Math.max(0, state.former - 1),
    },
  }
}
