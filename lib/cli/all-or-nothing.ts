import { CommandError } from './command-error.ts'

/** Does the work; when it fails or a signal interrupts it, `restore` brings back what was there before. */
export async function allOrNothing<T>(
  restore: () => void,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController()
  const interrupt = () => {
    interruption.abort(new CommandError('The command was interrupted, so nothing was written. Run it again.'))
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    return await work(interruption.signal)
  } catch (error) {
    restore()
    throw error
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}
