/** Counts the reads that have ended, so that writers can wait for so many more. */
export class Pace {
  #ended = 0
  #isOver = false
  #waiting: { readonly until: number; readonly goOn: () => void }[] = []

  /** How many reads have ended, one way or the other. */
  get ended(): number {
    return this.#ended
  }

  /** A read has ended. */
  count(): void {
    this.#ended++
    const ready = this.#waiting.filter(({ until }) => until <= this.#ended)
    this.#waiting = this.#waiting.filter(({ until }) => until > this.#ended)
    for (const { goOn } of ready) goOn()
  }

  /** Waits until so many reads have ended since now, or until there will be no more. */
  async after(reads: number): Promise<void> {
    if (this.#isOver) return
    await new Promise<void>((goOn) => {
      this.#waiting.push({ until: this.#ended + reads, goOn })
    })
  }

  /** There will be no more reads to wait for. */
  end(): void {
    this.#isOver = true
    for (const { goOn } of this.#waiting.splice(0)) goOn()
  }
}
