import type { Rules } from './rules.ts'
import {
  type Answer,
  leaseTicks,
  restingServer,
  type Server,
  type State,
  type Step,
  withServer,
} from './state.ts'

/** What a server can do next: lib/versions/lease. */
export function* serverSteps(state: State, rules: Rules): Generator<Step> {
  for (const [index, server] of state.servers.entries()) {
    const name = `server ${index + 1}`
    const step = (action: string, change: Partial<Server>): Step => ({
      action: `${name} ${action}`,
      next: withServer(state, index, change),
    })
    const { questions, answers, session, lease } = server
    const isQuiet = questions.length === 0 && answers.length === 0 && session === 'idle'
    if (server.step === 'reads' && isQuiet)
      yield step('asks for a lease, and for the sleep', {
        step: 'asks',
        asked: leaseTicks,
        questions: ['hold', 'sleep'],
      })
    const [answer, ...later] = answers
    if (answer)
      for (const [action, change] of hear(answer, { ...server, answers: later }, rules))
        yield step(`hears "${answer}"${action}`, { answers: later, ...change })
    if (!rules.dropFirst && server.step === 'reads' && lease > 0) yield step('drops the lease', { lease: 0 })
    if (!rules.clockAtUse && lease === 1) yield step('has its timer fire, and drops the lease', { lease: 0 })
  }
}

function* hear(answer: Answer, server: Server, rules: Rules): Generator<[string, Partial<Server>]> {
  const { lease, asked, questions } = server
  const giveUp: Partial<Server> = { step: 'reads', lease: 0, asked: 0, questions: [...questions, 'give up'] }
  switch (answer) {
    case 'held':
    case 'held, old':
      yield [
        ' and answers from memory',
        {
          step: 'leases',
          asked: 0,
          lease: rules.countFromSending ? asked : leaseTicks,
          isCurrent: answer === 'held',
        },
      ]
      return
    case 'slept':
      if (!rules.askAnew)
        yield [' and goes on, for another sleep', { lease: leaseTicks, questions: [...questions, 'sleep'] }]
      yield [', drops the lease and gives it up', giveUp]
      return
    case 'recalled':
    case 'error':
      if (rules.dropFirst) yield [', drops the lease and gives it up', giveUp]
      else yield [' and gives the lease up', { ...giveUp, lease }]
      return
    case 'closed':
      yield [' and drops the lease', { step: 'reads', lease: 0, asked: 0, questions: [] }]
  }
}

/**
 * What a server without a lease hears changes nothing before its next question arrives, and that may be late anyway. So
 * it hears at once, which leaves out half of the states and no outcome.
 */
export function settled(state: State, rules: Rules): State {
  const index = state.servers.findIndex(
    ({ lease, asked, answers }) => lease + asked === 0 && answers.length > 0,
  )
  const { answers = [], ...server } = state.servers[index] ?? {}
  const [answer, ...later] = answers
  if (!answer) return state
  const [change, ...others] = hear(answer, { ...restingServer, ...server }, rules)
  if (!change || others.length > 0 || change[1].lease) return state
  return settled(withServer(state, index, { answers: later, ...change[1] }), rules)
}
