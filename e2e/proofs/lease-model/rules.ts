/** The rules of the protocol that the model can do without, to show what each is for. */
export interface Rules {
  /** The lock is taken in the transaction, and the sleep runs under a savepoint: an error keeps the lock. */
  readonly savepoint: boolean
  /** The server drops the lease before it sends ROLLBACK. */
  readonly dropFirst: boolean
  /** Postgres ends a session that says nothing, but not before its lease has ended. */
  readonly patientTimeout: boolean
  /** A lease is counted from the sending of the question, not from the answer. */
  readonly countFromSending: boolean
  /** The clock is read at each use; no timer is trusted. */
  readonly clockAtUse: boolean
  /** When the sleep ends, the server asks for a lease anew; it never goes on without an answer. */
  readonly askAnew: boolean
  /** The sleep counts its steps, for the clock of Postgres may be set. */
  readonly sleepInSteps: boolean
  /** After a start of Postgres nobody is granted a lease and nobody changes a version until those of before have ended. */
  readonly waitAfterStart: boolean
  /** The versions are read after the lock is taken. */
  readonly lockFirst: boolean
  /** A server never waits for the lock. */
  readonly nowait: boolean
  /** No lease is granted while a writer waits, even when it is not in the queue for a moment. */
  readonly writersFirst: boolean
  /** A session that ends before its lease is given up leaves a trace, and the next writer waits until it has ended. */
  readonly trace: boolean
  /** For that a writer counts how long it has waited already. */
  readonly ownWait: boolean
}

export const protocol: Rules = {
  savepoint: true,
  dropFirst: true,
  patientTimeout: true,
  countFromSending: true,
  clockAtUse: true,
  askAnew: true,
  sleepInSteps: true,
  waitAfterStart: true,
  lockFirst: true,
  nowait: true,
  writersFirst: true,
  trace: true,
  ownWait: true,
}
