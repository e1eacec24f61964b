import { userInfo } from 'node:os'
import type { InvalidateOptions } from 'next-cache-versions'

/** The options of every command that writes to the log. */
export const logOptions = {
  reason: { type: 'string' },
  actor: { type: 'string' },
} as const

export const logOptionsHelp = `  --reason TEXT  Why, for the log
  --actor NAME   Who, for the log (default: the user of this system)`

export function logEntry(values: { reason?: string; actor?: string }): InvalidateOptions {
  return {
    source: 'cli',
    actor: values.actor || systemUser(),
    ...(values.reason ? { reason: values.reason } : {}),
  }
}

function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that has no name.
    return process.env.USER || `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
