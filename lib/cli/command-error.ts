/** The verb could not do what it was asked: exit code 1. The message says it all, so no stack is shown. */
export class CommandError extends Error {
  override readonly name = 'CommandError'

  constructor(message: string, options?: ErrorOptions) {
    super(`[cache-versions] ${message}`, options)
  }
}
