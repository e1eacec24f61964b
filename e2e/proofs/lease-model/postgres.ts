import type { Rules } from './rules.ts'
import {
  type Answer,
  holdsLock,
  isChanging,
  leaseTicks,
  restingWriter,
  type Server,
  type State,
  type Step,
  sleepTicks,
  withServer,
} from './state.ts'

/** How long Postgres keeps the lock of a session that says nothing. */
const silence = (rules: Rules) => (rules.patientTimeout ? leaseTicks : leaseTicks - 1)

/** What Postgres can do next: lib/sql/functions.sql, and what befalls it. */
export function* postgresSteps(state: State, rules: Rules): Generator<Step> {
  for (const [index, server] of state.servers.entries()) {
    const name = `session ${index + 1}`
    const step = (action: string, change: Partial<Server>, answer?: Answer): Step => ({
      action: `${name} ${action}`,
      next: withServer(state, index, { ...change, ...(answer && { answers: [...server.answers, answer] }) }),
    })
    const end = (action: string): Step => ({ action: `${name} ${action}`, next: ended(state, index, rules) })
    const { session, timer, isCut } = server
    const inSilence = { timer: silence(rules) }

    const [question, ...later] = server.questions
    if (question === 'hold' && session === 'idle') {
      if (!rules.lockFirst) yield step('reads the versions', { questions: later, session: 'selected' })
      else if (mayHold(state, rules))
        yield step(
          'takes the lock, reads and answers',
          { questions: later, session: 'held', ...inSilence },
          'held',
        )
      else if (!rules.nowait && state.writers.some(isChanging))
        yield step('queues for the lock', { questions: later, session: 'queued' })
      else yield step('is refused', { questions: [], step: 'reads', asked: 0 })
    } else if (question === 'sleep' && session === 'held')
      yield step('sleeps', { questions: later, session: 'sleeping', timer: sleepTicks })
    else if (question === 'give up' && (isSilent(server) || session === 'failed'))
      yield step('lets the lock go', { questions: later, session: 'idle', timer: 0 })

    if (session === 'queued' && !state.writers.some(isChanging))
      yield step('takes the lock, reads and answers', { session: 'held', ...inSilence }, 'held')
    if (session === 'selected' || session === 'selected, old') {
      const answer = session === 'selected' ? 'held' : 'held, old'
      if (mayHold(state, rules))
        yield step('takes the lock and answers', { session: 'held', ...inSilence }, answer)
      else yield step('is refused', { session: 'idle', questions: [], step: 'reads', asked: 0 })
    }
    if (session === 'sleeping') {
      const wakes = timer === 0 || !rules.sleepInSteps
      const isRung = state.writers.some((writer) => writer.step === 'waits')
      // What it has slept is part of the silence.
      const afterSleep = (left: number) => ({ timer: silence(rules) - sleepTicks + left })
      if (isCut && (wakes || isRung)) yield end('wakes, finds nobody and ends')
      else {
        if (wakes) yield step('has slept', { session: 'held', ...afterSleep(0) }, 'slept')
        if (isRung) {
          yield step('is recalled', { session: 'held', ...afterSleep(timer) }, 'recalled')
          yield rules.savepoint
            ? step('is cancelled outside of the sleep', { session: 'aborted', ...inSilence }, 'error')
            : step(
                'is cancelled outside of the sleep and loses the lock',
                { session: 'failed', timer: 0 },
                'error',
              )
        }
      }
    }
    if (isSilent(server) && timer === 0) yield end('has said nothing for too long and is ended')
    if (state.cuts > 0 && holdsLock(server) && !isCut) {
      const spent = { ...state, cuts: state.cuts - 1 }
      yield { action: `${name} is cut off and ends, or is ended`, next: ended(spent, index, rules) }
      if (session === 'sleeping')
        yield { action: `${name} is cut off and sleeps on`, next: withServer(spent, index, { isCut: true }) }
    }
  }
  if (state.restarts > 0 && state.servers.some(holdsLock))
    yield { action: 'Postgres restarts', next: restarted(state, rules) }
}

export function isSilent({ session }: Server): boolean {
  return session === 'held' || session === 'aborted'
}

function mayHold({ writers, former }: State, rules: Rules): boolean {
  return (
    former === 0 &&
    !writers.some(isChanging) &&
    !(rules.writersFirst && writers.some(({ step }) => step === 'waits'))
  )
}

/** The lock is gone at once; the server hears later, if ever. */
function ended(state: State, index: number, rules: Rules): State {
  const { answers = [] } = state.servers[index] ?? {}
  const next = withServer(state, index, {
    session: 'idle',
    timer: 0,
    isCut: false,
    questions: [],
    answers: [...answers, 'closed'],
  })
  return { ...next, isTraced: rules.trace }
}

function restarted(state: State, rules: Rules): State {
  const next = state.servers.reduce(
    (before, { session, questions }, index) =>
      session === 'idle' && questions.length === 0 ? before : ended(before, index, rules),
    state,
  )
  return {
    ...next,
    writers: next.writers.map(() => restingWriter),
    former: rules.waitAfterStart ? leaseTicks : 0,
    isTraced: false,
    restarts: state.restarts - 1,
  }
}
