import { parseArgs } from 'node:util'
import { nearestName } from '../versions/name.ts'
import { describeFailure, exitCodeOf } from './failure.ts'
import { commonOptions, dryRunOption, helpOfTable, helpOfVerb, usageOf } from './help.ts'
import { type Invocation, type InvocationOptions, invocationOf } from './invocation.ts'
import { UsageError } from './usage-error.ts'
import type { Answer, Given, Verb, VerbOptions } from './verb.ts'
import { verbs } from './verbs.ts'

/**
 * Runs a verb of the command line in this process and gives its exit code: 0, 1 when it failed, 2 when it was used
 * wrongly. Its answer goes to `stdout`, what went wrong to `stderr`. One at a time: the package has one database a
 * process.
 *
 * ```ts
 * process.exitCode = await runVerb(['invalidate', 'bans', '--reason', 'imported'], { cwd: import.meta.dirname })
 * ```
 *
 * See docs/decisions/0046-a-verb-runs-in-the-process-that-calls-it.md
 */
export async function runVerb(argv: readonly string[], options: InvocationOptions = {}): Promise<number> {
  const invocation = invocationOf(options)
  const [name = '', ...args] = argv
  if (name === '') {
    invocation.note(helpOfTable(invocation.command))
    return 2
  }
  if (['--help', '-h', 'help'].includes(name)) {
    invocation.stdout.write(`${helpOfTable(invocation.command)}\n`)
    return 0
  }
  try {
    const { isFailure } = await answer(name === '--version' ? 'version' : name, args, invocation)
    return isFailure ? 1 : 0
  } catch (error) {
    invocation.warn(describeFailure(error, invocation.address()))
    if (error instanceof UsageError && error.usage) invocation.note(`\n${error.usage}\nAll options: --help`)
    return exitCodeOf(error)
  }
}

async function answer(
  name: string,
  args: readonly string[],
  invocation: Invocation,
): Promise<Pick<Answer, 'isFailure'>> {
  const verb = await verbs.get(name)?.load()
  if (!verb) throw unknownVerb(name, invocation)
  try {
    const { values, operands } = parse(verb, args, invocation)
    if (values.help) {
      invocation.stdout.write(`${helpOfVerb(name, verb, invocation.command)}\n`)
      return {}
    }
    const dryRun = values['dry-run'] === true
    const answered = await verb.run({ values, operands, dryRun, invocation })
    const printed = values.json ? JSON.stringify(answered.json, null, 2) : answered.text
    if (printed) invocation.stdout.write(`${printed}\n`)
    return answered
  } catch (error) {
    if (error instanceof UsageError) error.usage = usageOf(name, verb, invocation.command)
    throw error
  }
}

function parse(
  verb: Verb,
  args: readonly string[],
  invocation: Invocation,
): Pick<Given, 'values' | 'operands'> {
  const options = { ...verb.options, ...(verb.hasDryRun ? dryRunOption : {}), ...commonOptions }
  const { values, positionals } = parseStrictly([...args], options)
  if (!verb.operands && positionals.length > 0) {
    const names = positionals.join(' ')
    const hint = verb.operandsHint?.(names, invocation)
    throw new UsageError(`This verb takes no names, and was given "${names}".${hint ? ` ${hint}` : ''}`)
  }
  return { values, operands: positionals }
}

function parseStrictly(args: string[], options: VerbOptions) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (cause) {
    // Node goes on about operands that begin with a dash, which is never what was meant here.
    const [text = ''] = (cause instanceof Error ? cause.message : String(cause)).split(/\. |\.?\n/)
    const fact = `${text.replace(/\.$/, '')}.`
    const unknown = /^Unknown option '--(.*)'/.exec(fact)?.[1]
    const nearest = unknown && nearestName(unknown, Object.keys(options))
    throw new UsageError(nearest ? `${fact} Did you mean "--${nearest}"?` : fact, { cause })
  }
}

function unknownVerb(name: string, { command }: Invocation): UsageError {
  const nearest = nearestName(name, [...verbs.keys()])
  const remedy = nearest ? `Did you mean "${nearest}"?` : `All verbs: ${command('--help')}`
  return new UsageError(`There is no verb ${JSON.stringify(name)}. ${remedy}`)
}
