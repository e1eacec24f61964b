import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../project.ts'
import { CommandError } from './command-error.ts'
import { generateEmptyMigration } from './drizzle-kit.ts'

const shownFolder = 'drizzle/migrations'
const folder = join(project, shownFolder)
const journalPath = join(folder, 'meta/_journal.json')

export interface Migration {
  name: string
  /** What stands above the statements, line by line. */
  comment: readonly string[]
  statements: readonly string[]
}

interface Journal {
  entries: { tag: string; when: number }[]
}

interface Snapshot {
  tables: Record<string, { schema: string; name: string }>
}

/** Writes the migration after all others and gives its path. */
export async function writeMigration(migration: Migration, signal: AbortSignal): Promise<string> {
  const last = readJournal().entries.at(-1)
  const output = await generateEmptyMigration(migration.name, signal)
  const journal = readJournal()
  const entry = journal.entries.at(-1)
  const file = `${entry?.tag}.sql`
  // drizzle-kit exits with 0 when it failed as well.
  if (!entry || entry.tag === last?.tag || !existsSync(join(folder, file))) {
    throw new CommandError(`drizzle-kit wrote no migration. Mend what it says and run this again:\n${output}`)
  }
  if (last && entry.when <= last.when) {
    // The migrator skips what is not younger than the last one it applied, and clocks differ between machines.
    entry.when = last.when + 1
    writeFileSync(journalPath, JSON.stringify(journal, null, 2))
  }
  writeFileSync(join(folder, file), textOf(migration))
  return `${shownFolder}/${file}`
}

function textOf({ comment, statements }: Migration): string {
  return `${comment.map((line) => `-- ${line}\n`).join('')}${statements.join('\n--> statement-breakpoint\n')}\n`
}

function readJournal(): Journal {
  return JSON.parse(readFileSync(journalPath, 'utf8')) as Journal
}

/** The tables that the migrations make, as `schema.table`. */
export function migratedTables(): string[] {
  const snapshots = [...listFiles()].filter((file) => /^meta[\\/]\d+_snapshot\.json$/.test(file)).sort()
  const latest = snapshots.at(-1)
  if (latest === undefined) return []
  const { tables } = JSON.parse(readFileSync(join(folder, latest), 'utf8')) as Snapshot
  return Object.values(tables).map(({ schema, name }) => `${schema || 'public'}.${name}`)
}

/** Remembers the folder of migrations as it is and gives the function that brings it back. */
export function rememberMigrations(): () => void {
  if (!existsSync(journalPath)) {
    throw new CommandError(
      `There are no migrations in ${shownFolder}, so there are no tables for cache versions. Write the first with: pnpm drizzle-kit generate`,
    )
  }
  const files = listFiles()
  const journal = readFileSync(journalPath)
  return () => {
    for (const file of listFiles()) if (!files.has(file)) rmSync(join(folder, file))
    writeFileSync(journalPath, journal)
  }
}

function listFiles(): Set<string> {
  return new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }))
}
