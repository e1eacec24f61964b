import type { Rules } from './rules.ts'
import {
  holdsLock,
  leaseTicks,
  restingWriter,
  type Server,
  type State,
  type Step,
  type Writer,
  withWriter,
} from './state.ts'

/** What a writer can do next: the trigger recall_cache_version_leases, and the transaction around it. */
export function* writerSteps(state: State, rules: Rules): Generator<Step> {
  const { former, isTraced } = state
  for (const [index, writer] of state.writers.entries()) {
    const step = (action: string, change: Partial<Writer>, from = state): Step => ({
      action: `writer ${index + 1} ${action}`,
      next: withWriter(from, index, change),
    })
    const changed: Writer = { ...restingWriter, step: 'changes' }
    switch (writer.step) {
      case 'rests':
        yield step('wants to change a version', { step: 'waits', isBehind: state.servers.some(isQueued) })
        break
      case 'waits':
        if (!mayLock(state, writer)) break
        if (former === 0 && !isTraced) yield step('takes the lock and changes a version', changed)
        else
          yield step('takes the lock', {
            step: 'outlasts',
            isBehind: false,
            rest: restOf(state, writer, rules),
          })
        break
      case 'outlasts':
        // No other trace can have come, for nobody else has the lock.
        if (mayChange(state, writer)) yield step('changes a version', changed, { ...state, isTraced: false })
        break
      case 'changes':
        yield step('commits', restingWriter, { ...state, servers: state.servers.map(outdated) })
    }
    if (writer.step !== 'rests') yield step('rolls back', restingWriter)
  }
}

/** Whether time must wait for the writer: nothing holds it up. */
export function mayGoOn(state: State, writer: Writer): boolean {
  return writer.step === 'waits'
    ? mayLock(state, writer)
    : writer.step === 'outlasts' && mayChange(state, writer)
}

function mayLock({ servers }: State, { isBehind }: Writer): boolean {
  return !servers.some(holdsLock) && !(isBehind && servers.some(isQueued))
}

function mayChange({ former }: State, { rest }: Writer): boolean {
  return former === 0 && rest === 0
}

/** Nobody was granted a lease since the writer began to wait. */
function restOf({ isTraced }: State, { waited }: Writer, rules: Rules): number {
  return isTraced ? Math.max(0, leaseTicks - (rules.ownWait ? waited : 0)) : 0
}

/** Whatever was read before is of an older version now. */
function outdated(server: Server): Server {
  return {
    ...server,
    isCurrent: false,
    session: server.session === 'selected' ? 'selected, old' : server.session,
    answers: server.answers.map((answer) => (answer === 'held' ? 'held, old' : answer)),
  }
}

function isQueued({ session }: Server): boolean {
  return session === 'queued'
}
