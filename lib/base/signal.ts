/** Tells any number of waiters that something has happened. While nobody waits it costs next to nothing. */
export class Signal {
  #hasCome = false
  #come: (() => void) | undefined
  #promise: Promise<void> | undefined

  /** Settles when it has come. */
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
