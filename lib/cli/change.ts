import { allOrNothing } from './all-or-nothing.ts'
import { warnOfUnknownTables } from './drizzle/known-tables.ts'
import {
  findMigrationsFolder,
  type Migration,
  type MigrationsFolder,
  makesFunctions,
  rememberMigrations,
  textOf,
  writeMigration,
} from './drizzle/migrations.ts'
import type { Invocation } from './invocation.ts'
import { type CachesFile, edited, writeCachesFile } from './list/caches-file.ts'
import type { Answer, VerbOptions } from './verb.ts'

/** A change of the schema: the migration that makes it and, where a cache comes or goes, the list of caches. */
export interface Change {
  readonly migration: Migration
  /** Those whose triggers change, as Postgres spells them. */
  readonly tables?: readonly string[]
  readonly list?: { readonly file: CachesFile; readonly edit: 'add' | 'remove'; readonly cache: string }
}

/** The options of every verb that writes a migration. */
export const changeOptions = {
  config: {
    type: 'string',
    value: 'FILE',
    about: 'The configuration of drizzle-kit (default: drizzle.config.ts, .js or .json)',
  },
  sql: { type: 'boolean', about: 'Print the SQL, for another migration tool, and write no migration' },
} as const satisfies VerbOptions

interface Wishes {
  readonly config?: string | undefined
  readonly sql?: boolean | undefined
  readonly dryRun: boolean
}

/** Makes all of the change or, when something fails or a signal interrupts it, nothing. */
export async function makeChange(change: Change, wishes: Wishes, invocation: Invocation): Promise<Answer> {
  const { list } = change
  const text = list && edited(list.file, list.edit, list.cache)
  const folder = wishes.sql ? undefined : await findMigrationsFolder(invocation, wishes.config)
  if (!folder && !wishes.sql) {
    invocation.note(
      'There is no drizzle-kit with a configuration here, so this is the SQL for the migration tool of the app:\n',
    )
  }
  if (folder) {
    warnOfUnknownTables(change.tables ?? [], folder.path, invocation)
    if (!makesFunctions(folder.path)) warnOfFunctions(invocation)
  }
  if (wishes.dryRun) return answer(change, folder, undefined, true, invocation)
  const writeList = () => list && text !== undefined && writeCachesFile(list.file, text)
  const path = folder && (await writeOrRestore(change.migration, folder, writeList))
  if (!folder) writeList()
  return answer(change, folder, path, false, invocation)
}

function warnOfFunctions({ warn, command }: Invocation): void {
  warn(
    `[cache-versions] No migration makes the functions of the package. Write it before this: ${command('generate')}`,
  )
}

/** Writes the migration and what goes with it or, when something fails or a signal interrupts it, nothing. */
export async function writeOrRestore(
  migration: Migration,
  folder: MigrationsFolder,
  writeList: () => void = () => {},
): Promise<string> {
  return await allOrNothing(rememberMigrations(folder), async (signal) => {
    const path = await writeMigration(migration, folder, signal)
    signal.throwIfAborted()
    writeList()
    return path
  })
}

function answer(
  { migration, list }: Change,
  folder: MigrationsFolder | undefined,
  path: string | undefined,
  dryRun: boolean,
  { note, program }: Invocation,
): Answer {
  const edits = dryRun ? { add: 'Would add', remove: 'Would remove' } : { add: 'Added', remove: 'Removed' }
  const places = { add: 'to', remove: 'from' }
  const edit = list && `${edits[list.edit]} "${list.cache}" ${places[list.edit]} ${list.file.shown}.`
  const json = {
    migration: path ?? null,
    statements: migration.statements,
    cachesFile: list?.file.shown ?? null,
  }
  if (!folder) {
    // Beside the SQL, which may be on its way to psql.
    if (edit) note(edit)
    return { text: textOf(migration).trimEnd(), json }
  }
  return {
    text: [
      path ? `Wrote ${path}:` : `Would write a migration "${migration.name}" to ${folder.config.out}:`,
      ...migration.statements.map((statement) => `  ${statement.replaceAll('\n', '\n  ')}`),
      ...(edit ? [edit] : []),
      ...(path ? [`Apply it: ${program('drizzle-kit migrate')}`] : []),
    ].join('\n'),
    json,
  }
}
