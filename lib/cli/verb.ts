import type { parseArgs } from 'node:util'
import type { Invocation } from './invocation.ts'

/** An option as `parseArgs` takes it, with what `--help` says of it. */
export interface VerbOption {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  /** The name of its value in the help, such as `FILE`. */
  readonly value?: string
  readonly about: string
}

export type VerbOptions = Readonly<Record<string, VerbOption>>

/** One verb of the command line. */
export interface Verb<Own extends VerbOptions = VerbOptions> {
  /** What it takes besides options, as the usage shows it: `CACHE...`. Without it, it takes nothing. */
  readonly operands?: string
  /** What to do instead, where it takes nothing and was given names all the same. */
  operandsHint?(names: string, invocation: Invocation): string
  /** The paragraphs of `--help` that say what it does. */
  readonly about: string
  readonly options: Own
  /** It can say what it would do and do nothing: `--dry-run`. */
  readonly hasDryRun?: boolean
  /** The shape of what `--json` prints. */
  readonly json: string
  /** Arguments that are worth showing. */
  readonly examples?: readonly string[]
  run(given: Given<Own>): Promise<Answer>
}

/** What a verb was called with. */
export interface Given<Own extends VerbOptions = VerbOptions> {
  readonly values: ReturnType<typeof parseArgs<{ options: Own }>>['values']
  readonly operands: readonly string[]
  readonly dryRun: boolean
  readonly invocation: Invocation
}

/** What a verb has to say, to people and, with `--json`, to programs. */
export interface Answer {
  readonly text: string
  readonly json: unknown
  /** It has found that something is wrong, which is exit code 1. */
  readonly isFailure?: boolean
}

/** Types the verb by its own options. */
export function verb<const Own extends VerbOptions>(definition: Verb<Own>): Verb {
  return definition
}
