import { userInfo } from 'node:os'
import type { InvalidateOptions } from '../versions/write.ts'
import type { VerbOptions } from './verb.ts'

/** The options of every verb that writes to the log. */
export const logOptions = {
  reason: { type: 'string', value: 'TEXT', about: 'Why, for the log' },
  actor: { type: 'string', value: 'NAME', about: 'Who, for the log (default: the user of this system)' },
} as const satisfies VerbOptions

export function logEntry(
  values: { reason?: string | undefined; actor?: string | undefined },
  env: NodeJS.Dict<string>,
): InvalidateOptions {
  return {
    source: 'cli',
    actor: values.actor || systemUser(env),
    ...(values.reason ? { reason: values.reason } : {}),
  }
}

function systemUser(env: NodeJS.Dict<string>): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that has no name.
    return env.USER || `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
