import { violation } from './invariants.ts'
import { postgresSteps } from './postgres.ts'
import { protocol, type Rules } from './rules.ts'
import { serverSteps, settled } from './server.ts'
import { initialState, type Server, type Size, type State, type Step, type Writer } from './state.ts'
import { timeSteps } from './time.ts'
import { writerSteps } from './writer.ts'

interface Outcome {
  /** How many states can be reached, or were looked at before one violated an invariant. */
  readonly states: number
  readonly violation: string | undefined
  /** The shortest way to it. */
  readonly trace: readonly string[]
}

/** Looks at every state that can be reached, in any order of the steps of all: a search in breadth, as TLC does it. */
export function search(size: Size, changedRules: Partial<Rules> = {}): Outcome {
  const rules = { ...protocol, ...changedRules }
  const seen = new Set<string>()
  const states: State[] = []
  const ways: { before: number; action: string }[] = []
  const visit = (next: State, before: number, action: string): string | undefined => {
    const name = nameOfState(next)
    if (seen.has(name)) return undefined
    seen.add(name)
    states.push(next)
    ways.push({ before, action })
    return violation(next)
  }
  visit(initialState(size), -1, 'begins')
  for (let at = 0; at < states.length; at++)
    for (const { action, next } of steps(states[at] as State, rules)) {
      const wrong = visit(settled(next, rules), at, action)
      if (wrong) return { states: states.length, violation: wrong, trace: wayTo(states.length - 1, ways) }
    }
  return { states: states.length, violation: undefined, trace: [] }
}

function* steps(state: State, rules: Rules): Generator<Step> {
  yield* serverSteps(state, rules)
  yield* postgresSteps(state, rules)
  yield* writerSteps(state, rules)
  yield* timeSteps(state, rules)
}

const names = new WeakMap<Server | Writer, string>()

/** Most servers and writers of a state are those of the state before. */
function nameOf<T extends Server | Writer>(part: T, spell: (part: T) => string): string {
  let name = names.get(part)
  if (name === undefined) {
    name = spell(part)
    names.set(part, name)
  }
  return name
}

function spellServer(server: Server): string {
  const { step, asked, lease, isCurrent, questions, answers, session, timer, isCut } = server
  const onTheWay = `${questions.length > 0 ? questions.join() : ''}>${answers.length > 0 ? answers.join() : ''}`
  return `${step}${asked}${lease}${lease > 0 && isCurrent}${onTheWay}${session}${timer}${isCut}`
}

function spellWriter({ step, waited, rest, isBehind }: Writer): string {
  return `${step}${waited}${rest}${isBehind}`
}

/** States in which two servers, or two writers, have changed places are the same. */
function nameOfState({ servers, writers, former, isTraced, cuts, restarts }: State): string {
  const ofServers = servers.map((server) => nameOf(server, spellServer)).sort()
  const ofWriters = writers.map((writer) => nameOf(writer, spellWriter)).sort()
  return `${ofServers.join()} ${ofWriters.join()} ${former}${isTraced}${cuts}${restarts}`
}

function wayTo(last: number, ways: readonly { before: number; action: string }[]): string[] {
  const actions: string[] = []
  for (let at = last; at > 0; at = ways[at]?.before ?? 0) actions.unshift(ways[at]?.action ?? '')
  return actions
}
