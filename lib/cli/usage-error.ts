/** The verb was called in a way it cannot be called: exit code 2, and the usage is shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  usage: string | undefined

  constructor(message: string, options?: ErrorOptions) {
    super(`[cache-versions] ${message}`, options)
  }
}
