import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CommandError } from '../command-error.ts'
import type { Invocation } from '../invocation.ts'
import { type DrizzleConfig, findDrizzleConfig, readDrizzleConfig } from './config.ts'
import { type DrizzleKit, findDrizzleKit } from './kit.ts'

export interface Migration {
  readonly name: string
  /** What stands above the statements, line by line. */
  readonly comment: readonly string[]
  readonly statements: readonly string[]
}

interface Journal {
  entries: { tag: string; when: number }[]
}

interface Snapshot {
  tables: Record<string, { schema: string; name: string }>
}

/** Where drizzle-kit keeps the migrations of an app, and the program that adds to them. */
export interface MigrationsFolder {
  readonly config: DrizzleConfig
  readonly kit: DrizzleKit
  readonly path: string
}

/** Finds the folder; undefined where the app does not use drizzle-kit. */
export async function findMigrationsFolder(
  { cwd, env, program }: Invocation,
  given: string | undefined,
): Promise<MigrationsFolder | undefined> {
  const folder = await findKitFolder({ cwd, env }, given)
  if (!folder || hasJournal(folder.path)) return folder
  const { config } = folder
  throw new CommandError(
    `There are no migrations in ${config.out}, so there are no tables for cache versions. Write the first with: ${program('drizzle-kit generate')}`,
  )
}

/** Finds the folder, which may have no migration yet. */
export async function findKitFolder(
  { cwd, env }: Pick<Invocation, 'cwd' | 'env'>,
  given: string | undefined,
): Promise<MigrationsFolder | undefined> {
  const configPath = findDrizzleConfig(cwd, given)
  const kit = findDrizzleKit(cwd, env)
  if (configPath === undefined || !kit) return undefined
  const config = await readDrizzleConfig(configPath, kit)
  return { config, kit, path: resolve(cwd, config.out) }
}

/** Writes the migration after all others and gives its path, as it is shown. */
export async function writeMigration(
  migration: Migration,
  folder: MigrationsFolder,
  signal: AbortSignal,
): Promise<string> {
  const file = await generate(['--custom', '--name', migration.name], folder, signal)
  writeFileSync(join(folder.path, file), textOf(migration, '\n--> statement-breakpoint\n'))
  return `${folder.config.out}/${file}`
}

/** Writes the migration that the schema lacks, and gives its path, as it is shown. */
export async function writeSchemaMigration(
  name: string,
  folder: MigrationsFolder,
  signal: AbortSignal,
): Promise<string> {
  return `${folder.config.out}/${await generate(['--name', name], folder, signal)}`
}

async function generate(
  args: readonly string[],
  { config, kit, path }: MigrationsFolder,
  signal: AbortSignal,
): Promise<string> {
  const files = listFiles(path)
  const last = hasJournal(path) ? readJournal(path).entries.at(-1) : undefined
  const output = await kit.run(['generate', ...args, '--config', config.path], {}, signal)
  const file = [...listFiles(path)].find((name) => name.endsWith('.sql') && !files.has(name))
  // drizzle-kit exits with 0 when it failed as well.
  if (file === undefined) {
    throw new CommandError(`drizzle-kit wrote no migration. Mend what it says and run this again:\n${output}`)
  }
  const journal = readJournal(path)
  const entry = journal.entries.at(-1)
  if (last && entry && entry.when <= last.when) {
    // The migrator skips what is not younger than the last one it applied, and clocks differ between machines.
    entry.when = last.when + 1
    writeFileSync(journalOf(path), JSON.stringify(journal, null, 2))
  }
  return file
}

/** The migration as a text of SQL. */
export function textOf({ comment, statements }: Migration, between = '\n'): string {
  return `${comment.map((line) => `-- ${line}\n`).join('')}${statements.join(between)}\n`
}

export function readJournal(folder: string): Journal {
  return JSON.parse(readFileSync(journalOf(folder), 'utf8')) as Journal
}

export function hasJournal(folder: string): boolean {
  return existsSync(journalOf(folder))
}

/** The tables that the migrations make, as `schema.table`. */
export function migratedTables(folder: string): string[] {
  const snapshots = [...listFiles(folder)].filter((file) => /^meta[\\/]\d+_snapshot\.json$/.test(file)).sort()
  const latest = snapshots.at(-1)
  if (latest === undefined) return []
  const { tables } = JSON.parse(readFileSync(join(folder, latest), 'utf8')) as Snapshot
  return Object.values(tables).map(({ schema, name }) => `${schema || 'public'}.${name}`)
}

/** Whether a migration makes the functions that the statements call. */
export function makesFunctions(folder: string): boolean {
  return migrationTexts(folder).some((text) => /function start_cache_versioning/i.test(text))
}

/** The text of every migration, in their order. */
export function migrationTexts(folder: string): string[] {
  const files = [...listFiles(folder)].filter((file) => file.endsWith('.sql')).sort()
  return files.map((file) => readFileSync(join(folder, file), 'utf8'))
}

/** Remembers the folder of migrations as it is and gives the function that brings it back. */
export function rememberMigrations({ path }: MigrationsFolder): () => void {
  if (!existsSync(path)) return () => rmSync(path, { recursive: true, force: true })
  // Files of other kinds may be beside them.
  const files = listFiles(path)
  const journal = hasJournal(path) ? readFileSync(journalOf(path)) : undefined
  return () => {
    for (const file of listFiles(path))
      if (!files.has(file)) rmSync(join(path, file), { recursive: true, force: true })
    if (journal) writeFileSync(journalOf(path), journal)
  }
}

function journalOf(folder: string): string {
  return join(folder, 'meta/_journal.json')
}

function listFiles(folder: string): Set<string> {
  return new Set(existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
}
