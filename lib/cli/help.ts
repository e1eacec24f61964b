import type { Verb, VerbOption, VerbOptions } from './verb.ts'
import { verbs } from './verbs.ts'

type Command = (verb: string) => string

export const dryRunOption = {
  'dry-run': { type: 'boolean', about: 'Say what would be done, and do nothing' },
} as const satisfies VerbOptions

export const commonOptions = {
  json: { type: 'boolean', about: '' },
  help: { type: 'boolean', short: 'h', about: 'Print this' },
} as const satisfies Record<string, VerbOption & { short?: string }>

const exitCodes = 'Exit code: 0 done, 1 failed, 2 wrong usage.'

export function usageOf(name: string, { operands }: Verb, command: Command): string {
  return ['Usage:', command(name), operands, '[options]'].filter(Boolean).join(' ')
}

/** What `--help` prints for one verb. */
export function helpOfVerb(name: string, verb: Verb, command: Command): string {
  const options = { ...verb.options, ...(verb.hasDryRun ? dryRunOption : {}) }
  const rows = Object.entries<VerbOption>(options).map(([option, { value, about }]) => [
    `--${option}${value ? ` ${value}` : ''}`,
    about,
  ])
  const { examples = [] } = verb
  return [
    `${usageOf(name, verb, command)}\n\n${verb.about}`,
    section('Options', [...rows, ['--json', `Print ${verb.json}`], ['-h, --help', commonOptions.help.about]]),
    ...(examples.length > 0
      ? [
          section(
            examples.length > 1 ? 'Examples' : 'Example',
            examples.map((example) => [`${command(name)} ${example}`]),
          ),
        ]
      : []),
    exitCodes,
  ].join('\n\n')
}

/** What `--help` prints for all of them. */
export function helpOfTable(command: Command): string {
  return [
    `Usage: ${command('VERB')} [options]`,
    section(
      'Verbs',
      [...verbs].map(([name, { summary }]) => [name, summary]),
    ),
    `Each takes --help and --json; those that write take --dry-run. The database is the Postgres of
CACHE_VERSIONS_DATABASE_URL or DATABASE_URL, in the environment, .env.local or .env.`,
    exitCodes,
  ].join('\n\n')
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first = '']) => first.length))
  const lines = rows.map(([first = '', second = '']) => `  ${first.padEnd(width)}  ${second}`.trimEnd())
  return [`${title}:`, ...lines].join('\n')
}
