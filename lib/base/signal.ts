/** Announces an event to any number of waiters. It costs next to nothing while nobody waits. */
export class Signal {
  #hasCome = false
  #come: (() => void) | undefined
  #promise: Promise<void> | undefined

  /** Settles when the event has come. */
  get promise(): Promise<void> {
    this.#promise ??= this.#hasCome
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#come = resolve
        })
    return this.#promise
  }

  come(): void {
    this.#hasCome = true
    this.#come?.()
  }
}
