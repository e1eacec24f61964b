import type { InvocationOptions } from '../cli/invocation.ts'
import { runVerb } from '../cli/run-verb.ts'

export interface Outcome {
  code: number
  stdout: string
  stderr: string
}

/** Runs a verb in this process and gives what it printed. */
export async function callVerb(argv: readonly string[], options: InvocationOptions = {}): Promise<Outcome> {
  const outcome = { code: 0, stdout: '', stderr: '' }
  outcome.code = await runVerb(argv, {
    stdout: { write: (text) => (outcome.stdout += text) },
    stderr: { write: (text) => (outcome.stderr += text) },
    ...options,
  })
  return outcome
}
