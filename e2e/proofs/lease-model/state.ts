/**
 * One tick is half a lease. Rates of clocks that differ by 1 % and the margin of 0.25 s become the order of "less than":
 * a lease is believed for less than two ticks, and Postgres keeps the lock of a silent session for at least two.
 */
export const leaseTicks = 2
/** Shorter than a lease, so that the next is asked for before it ends. */
export const sleepTicks = 1

/** What Postgres runs for a server. */
type SessionState =
  /** In no transaction, or there is no session: the next question opens one. */
  | 'idle'
  /** In a transaction that holds the lock, between two statements. */
  | 'held'
  | 'sleeping'
  /** An error came: the savepoint keeps the lock. */
  | 'aborted'
  /** An error came, and there was no savepoint. */
  | 'failed'
  /** Has read the versions, and has no lock yet. */
  | 'selected'
  | 'selected, old'
  /** Waits for the lock. */
  | 'queued'

type Question = 'hold' | 'sleep' | 'give up'
export type Answer = 'held' | 'held, old' | 'slept' | 'recalled' | 'error' | 'closed'

/** A server, its connection, and its session in Postgres. A server that is paused takes no step: none is ever forced. */
export interface Server {
  readonly step: 'reads' | 'asks' | 'leases'
  /** Ticks that are left of a lease counted from the last question for one. */
  readonly asked: number
  /** Ticks for which it answers from memory. */
  readonly lease: number
  /** Whether its memory holds the committed versions. */
  readonly isCurrent: boolean
  /** On the way to Postgres, in order. */
  readonly questions: readonly Question[]
  /** On the way back, in order. */
  readonly answers: readonly Answer[]
  readonly session: SessionState
  /** Ticks until the sleep ends, or until Postgres ends the silent session. */
  readonly timer: number
  /** Nobody is at the other end. A sleeping backend does not look. */
  readonly isCut: boolean
}

export interface Writer {
  /** `waits` for the lock of the leases; has it and `outlasts` leases of lost sessions; `changes` a version. */
  readonly step: 'rests' | 'waits' | 'outlasts' | 'changes'
  readonly waited: number
  /** Ticks until leases of lost sessions have ended. */
  readonly rest: number
  /** Stands in the queue behind a server. */
  readonly isBehind: boolean
}

export interface State {
  readonly servers: readonly Server[]
  readonly writers: readonly Writer[]
  /** Ticks until the leases of before the start of Postgres have ended. */
  readonly former: number
  /** A session has ended before its lease was given up. */
  readonly isTraced: boolean
  /** How many sessions may still lose their server, and how often Postgres may still restart. */
  readonly cuts: number
  readonly restarts: number
}

/** An action of somebody, and the state that it leads to. */
export interface Step {
  readonly action: string
  readonly next: State
}

export const restingServer: Server = {
  step: 'reads',
  asked: 0,
  lease: 0,
  isCurrent: true,
  questions: [],
  answers: [],
  session: 'idle',
  timer: 0,
  isCut: false,
}
export const restingWriter: Writer = { step: 'rests', waited: 0, rest: 0, isBehind: false }

/** How many there are of what, at most. */
export type Size = Readonly<Record<'servers' | 'writers' | 'cuts' | 'restarts', number>>

export function initialState({ servers, writers, cuts, restarts }: Size): State {
  return {
    servers: Array.from({ length: servers }, () => restingServer),
    writers: Array.from({ length: writers }, () => restingWriter),
    former: 0,
    isTraced: false,
    cuts,
    restarts,
  }
}

export function withServer(state: State, index: number, change: Partial<Server>): State {
  return {
    ...state,
    servers: state.servers.map((server, at) => (at === index ? { ...server, ...change } : server)),
  }
}

export function withWriter(state: State, index: number, change: Partial<Writer>): State {
  return {
    ...state,
    writers: state.writers.map((writer, at) => (at === index ? { ...writer, ...change } : writer)),
  }
}

export function holdsLock({ session }: Server): boolean {
  return session === 'held' || session === 'sleeping' || session === 'aborted'
}

export function isChanging({ step }: Writer): boolean {
  return step === 'outlasts' || step === 'changes'
}
