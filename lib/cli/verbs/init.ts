import { loadNextConfig } from '../../internals/next-config.ts'
import { checkCacheName } from '../../versions/name.ts'
import { allOrNothing } from '../all-or-nothing.ts'
import { changeOptions } from '../change.ts'
import { CommandError } from '../command-error.ts'
import { findKitFolder, type MigrationsFolder, rememberMigrations } from '../drizzle/migrations.ts'
import { adminSteps } from '../init/admin-steps.ts'
import { type App, lookAtApp } from '../init/app.ts'
import { configByHand, configStep } from '../init/config-step.ts'
import { listing } from '../init/diff.ts'
import { environmentStep } from '../init/environment-step.ts'
import { listStep } from '../init/list-step.ts'
import { type Lacking, lackingMigrations, sqlOf } from '../init/migrations.ts'
import { type Edit, pick, type Step } from '../init/plan.ts'
import { proxyHint } from '../init/proxy-hint.ts'
import { reportOf } from '../init/report.ts'
import { schemaStep } from '../init/schema-step.ts'
import { takeBack, writeEdit } from '../init/write.ts'
import type { Invocation } from '../invocation.ts'
import { readCachesFile } from '../list/caches-file.ts'
import { verb } from '../verb.ts'

export const init = verb({
  about: `Sets the package up in the app in this folder: the tables in its Drizzle schema and the migrations, the caches to
start and their typed list, withCacheVersions around the configuration of Next, the admin page, .env.example. It shows
each change, asks once, and makes all of them or none. A file that it did not write keeps what is in it; what cannot be
changed safely is printed, with the lines to put there. Called again, it does what is lacking, or nothing.
It needs no database: migrate applies what it wrote. In an app without drizzle-kit migrate makes the tables.`,
  options: {
    caches: {
      type: 'string',
      value: 'NAMES',
      about: 'The caches to start, separated by commas: bans,settings',
    },
    yes: { type: 'boolean', about: 'Make the changes without a question' },
    ...changeOptions,
  },
  hasDryRun: true,
  json: '{"changed", "migrations", "kept", "byHand": [{"file", "why", "lines"}], "hints"}',
  examples: ['--dry-run', '--caches bans,settings', '--caches bans --yes', '--sql > cache_versions.sql'],
  async run({ values, dryRun, invocation }) {
    const app = lookAtApp(invocation)
    const folder = values.sql ? undefined : await findKitFolder(invocation, values.config)
    const caches = await cachesOf(app, values.caches, values.yes || dryRun, invocation)
    const steps = [
      ...(folder ? [schemaStep(app, folder.config.schema)] : []),
      configStep(app),
      listStep(app, caches),
      ...adminSteps(app),
      environmentStep(app),
      ...proxyHint(app),
    ]
    const lacking = folder ? lackingMigrations(folder, caches, invocation) : []
    const shown = [...pick(steps, 'edit').map(listing), ...lacking.map(({ shown }) => shown.join('\n'))].join(
      '\n\n',
    )
    const about = { app, folder, caches, sql: values.sql ? sqlOf(caches) : undefined, dryRun, invocation }
    if (dryRun || shown === '') return reportOf({ ...about, steps, shown, migrations: [] })
    await confirm(shown, values.yes, invocation)
    const written = await writeAll(app, folder, lacking, steps, invocation)
    return reportOf({ ...about, ...written, shown: '' })
  },
})

/** Those that are named, by the option or by a person, and those that are listed already. */
async function cachesOf(
  { cwd }: App,
  given: string | undefined,
  isQuiet: boolean | undefined,
  { ask }: Invocation,
): Promise<string[]> {
  const listed = readCachesFile(cwd, undefined)?.names
  const question = 'Which caches are to be started? Names separated by commas, or nothing: '
  const text = given ?? (listed || isQuiet ? '' : await ask?.(question)) ?? ''
  const names = text.split(',').map((name) => name.trim())
  const named = names.filter((name) => name !== '')
  named.forEach(checkCacheName)
  return [...new Set([...(listed ?? []), ...named])]
}

async function confirm(
  shown: string,
  yes: boolean | undefined,
  { ask, note, command }: Invocation,
): Promise<void> {
  note(`${shown}\n`)
  if (yes) return
  if (!ask) {
    throw new CommandError(
      `Nothing was changed: nobody can be asked here. If that is what you want, run: ${command('init')} --yes`,
    )
  }
  if (/^y(es)?$/i.test(await ask('Make these changes? [y/N] '))) return
  throw new CommandError('Nothing was changed.')
}

interface Written {
  readonly steps: readonly Step[]
  readonly migrations: readonly string[]
}

async function writeAll(
  { cwd }: App,
  folder: MigrationsFolder | undefined,
  lacking: readonly Lacking[],
  steps: readonly Step[],
  invocation: Invocation,
): Promise<Written> {
  const edits = pick(steps, 'edit')
  const restoreMigrations = folder ? rememberMigrations(folder) : () => {}
  const restore = () => {
    for (const edit of edits) takeBack(cwd, edit)
    restoreMigrations()
  }
  return await allOrNothing(restore, async (signal) => {
    for (const edit of edits) writeEdit(cwd, edit)
    const migrations: string[] = []
    if (folder) for (const one of lacking) migrations.push(await one.write(folder, signal))
    const checked = await Promise.all(steps.map((step) => checkConfig(step, cwd, invocation.env)))
    signal.throwIfAborted()
    return { steps: checked, migrations }
  })
}

/** Loads the configuration as Next does, if this has changed it. One that fails is taken back, and left to a person. */
async function checkConfig(step: Step, cwd: string, env: NodeJS.Dict<string>): Promise<Step> {
  if (!('edit' in step) || !isConfig(step.edit)) return step
  const why = await loadNextConfig(cwd, env).then(
    ({ cacheHandler }) => (cacheHandler ? undefined : 'Next does not read it'),
    (error: Error) => `Next could not load it with withCacheVersions: ${error.message}`,
  )
  if (why === undefined) return step
  takeBack(cwd, step.edit)
  return configByHand(step.edit.file, why)
}

function isConfig({ file }: Edit): boolean {
  return file.startsWith('next.config.')
}
