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
  const configPath = findDrizzleConfig(cwd, given)
  const kit = findDrizzleKit(cwd, env)
  if (configPath === undefined || !kit) return undefined
  const config = await readDrizzleConfig(configPath, kit)
  const path = resolve(cwd, config.out)
  if (hasJournal(path)) return { config, kit, path }
  throw new CommandError(
    `There are no migrations in ${config.out}, so there are no tables for cache versions. Write the first with: ${program('drizzle-kit generate')}`,
  )
}

/** Writes the migration after all others and gives its path, as it is shown. */
export async function writeMigration(
  migration: Migration,
  { config, kit, path }: MigrationsFolder,
  signal: AbortSignal,
): Promise<string> {
  const files = listFiles(path)
  const last = readJournal(path).entries.at(-1)
  const output = await kit.run(
    ['generate', '--custom', '--name', migration.name, '--config', config.path],
    {},
    signal,
  )
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
  writeFileSync(join(path, file), textOf(migration, '\n--> statement-breakpoint\n'))
  return `${config.out}/${file}`
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
  const texts = [...listFiles(folder)].filter((file) => file.endsWith('.sql'))
  return texts.some((file) =>
    /function start_cache_versioning/i.test(readFileSync(join(folder, file), 'utf8')),
  )
}

/** Remembers the folder of migrations as it is and gives the function that brings it back. */
export function rememberMigrations({ path }: MigrationsFolder): () => void {
  const files = listFiles(path)
  const journal = readFileSync(journalOf(path))
  return () => {
    for (const file of listFiles(path)) if (!files.has(file)) rmSync(join(path, file), { recursive: true })
    writeFileSync(journalOf(path), journal)
  }
}

function journalOf(folder: string): string {
  return join(folder, 'meta/_journal.json')
}

function listFiles(folder: string): Set<string> {
  return new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }))
}
