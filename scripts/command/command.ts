import { type ParseArgsConfig, parseArgs } from 'node:util'
import { closeCacheVersions } from 'next-cache-versions'
import { describeFailure, exitCodeOf } from './failure.ts'
import { styled } from './style.ts'
import { UsageError } from './usage-error.ts'

type Options = NonNullable<ParseArgsConfig['options']>

const commonOptions = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export interface Command<Own extends Options> {
  /** What `--help` prints; its first line is the usage. */
  help: string
  options: Own
  run(given: {
    values: ReturnType<typeof parseArgs<{ options: Own }>>['values']
    positionals: string[]
  }): Promise<Answer>
}

/** What a command has to say, to people and, with `--json`, to programs. */
export interface Answer {
  text: string
  json: unknown
}

/**
 * Runs a command of this process: its answer goes to stdout, what went wrong to stderr. The exit code is 0, 1 when it
 * failed, 2 when it was used wrongly.
 */
export async function runCommand<Own extends Options>(command: Command<Own>): Promise<void> {
  try {
    const { values, positionals } = parse(command)
    const { help, json } = values as { help?: boolean; json?: boolean }
    if (help) {
      console.log(command.help)
      return
    }
    const answer = await command.run({ values, positionals })
    console.log(json ? JSON.stringify(answer.json, null, 2) : answer.text)
  } catch (error) {
    console.error(styled(process.stderr, 'red', describeFailure(error)))
    process.exitCode = exitCodeOf(error)
    if (error instanceof UsageError) console.error(`\n${command.help.split('\n', 1)[0]}\nAll options: --help`)
  } finally {
    await closeCacheVersions()
  }
}

function parse<Own extends Options>({ options }: Command<Own>) {
  try {
    return parseArgs({ options: { ...options, ...commonOptions }, allowPositionals: true, strict: true })
  } catch (cause) {
    // Node goes on about operands that begin with a dash, which is never what was meant here.
    const [fact] = (cause instanceof Error ? cause.message : String(cause)).split(/\. |\.?\n/)
    throw new UsageError(`${fact?.replace(/\.$/, '')}.`, { cause })
  }
}
