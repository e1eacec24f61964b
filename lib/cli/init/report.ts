import type { MigrationsFolder } from '../drizzle/migrations.ts'
import type { Invocation } from '../invocation.ts'
import { setting } from '../setting.ts'
import type { Answer } from '../verb.ts'
import type { App } from './app.ts'
import { type ByHand, pick, type Step } from './plan.ts'

interface Outcome {
  readonly app: App
  readonly folder: MigrationsFolder | undefined
  readonly caches: readonly string[]
  /** What `--sql` prints. */
  readonly sql: string | undefined
  readonly steps: readonly Step[]
  readonly migrations: readonly string[]
  /** The changes that are shown and not made. */
  readonly shown: string
  readonly dryRun: boolean
  readonly invocation: Invocation
}

/** Says what was written, what is left to a person, and what comes next. */
export function reportOf(outcome: Outcome): Answer {
  const { steps, migrations, sql, shown, dryRun, invocation } = outcome
  const [changed, byHand, hints] = [pick(steps, 'edit'), pick(steps, 'byHand'), pick(steps, 'hint')]
  const files = [...changed.map(({ file }) => file), ...migrations]
  const text = [
    ...(dryRun && shown ? [`${shown}\n`] : []),
    summary(files, dryRun && shown !== ''),
    ...(byHand.length > 0 ? ['\nLeft to you:', ...byHand.flatMap(byHandLines)] : []),
    ...(hints.length > 0 ? ['', ...hints] : []),
    ...(dryRun ? [] : ['\nNext:', ...nextLines(outcome).map((line, index) => `  ${index + 1}. ${line}`)]),
  ].join('\n')
  if (sql !== undefined) invocation.note(text)
  return {
    text: sql ?? text,
    json: {
      changed: changed.map(({ file }) => file),
      migrations,
      kept: pick(steps, 'kept'),
      byHand,
      hints,
      ...(sql === undefined ? {} : { sql }),
    },
  }
}

function summary(files: readonly string[], isDry: boolean): string {
  if (isDry) return 'Nothing was changed: this is a dry run.'
  if (files.length === 0) return 'Nothing was changed: all that can be set up here is.'
  return `Wrote ${files.join(', ')}.`
}

function byHandLines({ file, why, lines }: ByHand): string[] {
  return [`  ${file}: ${why}. Put there:`, ...lines.map((line) => `      ${line}`)]
}

function nextLines({ app, folder, caches, sql, invocation }: Outcome): string[] {
  const { command, program, env } = invocation
  const isSet = ['CACHE_VERSIONS_DATABASE_URL', 'DATABASE_URL'].some((name) => setting(name, app.cwd, env))
  const start = caches.map((cache) => `select start_cache_versioning('${cache}');`).join(' ')
  return [
    ...(isSet ? [] : ['Set DATABASE_URL, in .env.local for example, to the Postgres that is written to.']),
    ...(sql !== undefined
      ? ['Apply the SQL with the migration tool of the app.']
      : folder
        ? [program('drizzle-kit migrate')]
        : // The list of a TypeScript app tells migrate what to start.
          [command('migrate'), ...(start && !app.isTypeScript ? [`In SQL: ${start}`] : [])]),
    command('doctor'),
  ]
}
