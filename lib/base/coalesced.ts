/**
 * Deduplicates a task: one run at a time, for any number of callers. A call during a run shares the next run, never the
 * one in flight, which may have begun before the call.
 */
export class Coalesced<Result> {
  readonly #task: () => Promise<Result>
  #running: Promise<Result> | undefined
  #next: Promise<Result> | undefined

  constructor(task: () => Promise<Result>) {
    this.#task = task
  }

  /** Returns the result of a run that begins after this call. */
  run(): Promise<Result> {
    if (!this.#running) return this.#start()
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined
        return this.#start()
      })
    return this.#next
  }

  #start(): Promise<Result> {
    const running = this.#task()
    const ended = () => {
      this.#running = undefined
    }
    // Before any caller is told.
    running.then(ended, ended)
    this.#running = running
    return running
  }
}
