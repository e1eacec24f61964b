/**
 * Deduplicates a task: one run at a time, for any number of callers. A call during a run shares the next run, never the
 * one in flight, which may have begun before the call.
 */
export class Coalesced<Argument, Result> {
  readonly #task: (argument: Argument) => Promise<Result>
  #running: Promise<Result> | undefined
  #next: Promise<Result> | undefined

  constructor(task: (argument: Argument) => Promise<Result>) {
    this.#task = task
  }

  /** Returns the result of a run that begins after this call. The argument is that of the run's first caller. */
  run(argument: Argument): Promise<Result> {
    if (!this.#running) return this.#start(argument)
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined
        return this.#start(argument)
      })
    return this.#next
  }

  #start(argument: Argument): Promise<Result> {
    const running = this.#task(argument)
    const ended = () => {
      this.#running = undefined
    }
    // Before any caller is told.
    running.then(ended, ended)
    this.#running = running
    return running
  }
}
