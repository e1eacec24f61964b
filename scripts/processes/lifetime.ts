/** What a script has started and must stop, whatever ends it. */
export interface Lifetime {
  /** What was started last is stopped first. */
  atEnd(stop: () => Promise<unknown>): void
  /** Stops everything and leaves the process. */
  end(exitCode: number): Promise<never>
}

/**
 * Runs a script to its end: by itself, by an error, or by a signal. A second signal, from somebody who does not want to
 * wait, leaves at once, and the guards of the process groups end what is left.
 */
export async function live(main: (lifetime: Lifetime) => Promise<void>): Promise<void> {
  const stops: (() => Promise<unknown>)[] = []
  let ending: Promise<never> | undefined
  let interruptedAt = 0

  const lifetime: Lifetime = {
    atEnd: (stop) => void stops.push(stop),
    end: (exitCode) => {
      ending ??= stopAll(stops).then(() => process.exit(exitCode))
      return ending
    },
  }
  const interrupt = (exitCode: number) => {
    const now = performance.now()
    // A terminal and the parent may both hand on the same Ctrl-C.
    if (interruptedAt && now - interruptedAt > 500) process.exit(exitCode)
    interruptedAt ||= now
    void lifetime.end(exitCode)
  }
  process.on('SIGINT', () => interrupt(130))
  process.on('SIGTERM', () => interrupt(143))
  process.on('SIGHUP', () => interrupt(129))
  whenPackageManagerIsGone(() => interrupt(143))

  try {
    await main(lifetime)
  } catch (error) {
    // An interrupted script fails here and there because its own parts are being stopped.
    if (!ending) report(error)
    await lifetime.end(1)
  }
}

/** A package manager that is killed takes its script not with it, and nobody would know that it still runs. */
function whenPackageManagerIsGone(callback: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    callback()
  }, 500)
  watch.unref()
}

async function stopAll(stops: (() => Promise<unknown>)[]): Promise<void> {
  for (const stop of stops.reverse()) await stop().catch(report)
}

/** Our own errors say what to do, so a stack would only hide it; it is all there is to go by for any other. */
function report(error: unknown): void {
  if (error instanceof Error && error.message.startsWith('[cache-versions]')) {
    console.error(error.message)
    if (error.cause instanceof Error) console.error(`  ${error.cause.message}`)
  } else {
    console.error(error)
  }
}
