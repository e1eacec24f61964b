import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settings } from '../lib/cli/doctor/settings.ts'
import { verbs } from '../lib/cli/verbs.ts'
import { createTestDatabase, type TestDatabase } from '../lib/test/database.ts'

interface Example {
  readonly document: string
  readonly language: string
  readonly code: string
}

let database: TestDatabase
let examples: Example[]
let prose: string

beforeAll(async () => {
  const names = (await readdir('docs')).filter((name) => name.endsWith('.md'))
  const others = ['README.md', 'CONTRIBUTING.md', 'skills/next-cache-versions/SKILL.md']
  const documents = [...others, ...names.map((name) => `docs/${name}`)]
  examples = (await Promise.all(documents.map(examplesOf))).flat()
  prose = (await Promise.all(documents.map((document) => readFile(document, 'utf8')))).join('\n')
  database = await createTestDatabase()
  await database.sql`insert into settings (forum_name, welcome, posts_per_page) values ('Forum', 'Hi', 10)`
  await database.sql`create table posts (id int, author_id int)`
  await database.sql`insert into posts values (42, 7)`
})
afterAll(() => database.drop())

async function examplesOf(document: string): Promise<Example[]> {
  const blocks = (await readFile(document, 'utf8')).matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)
  return [...blocks].map(([, indent = '', language = '', code = '']) => ({
    document,
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}

function written(...languages: string[]): Example[] {
  return examples.filter(({ language }) => languages.includes(language))
}

test('every example in TypeScript compiles against the types of the package', async () => {
  // Inside of the package, whose own name then leads to its entry points.
  const folder = 'node_modules/.cache/docs-examples'
  await rm(folder, { recursive: true, force: true })
  const files = { ...filesOf(written('ts', 'tsx')), ...surroundings }
  for (const [file, code] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), code)
  }
  const config = {
    extends: `${process.cwd()}/tsconfig.json`,
    compilerOptions: { incremental: false, plugins: [], types: ['node'] },
    files: Object.keys(files),
    include: [],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiled = promisify(execFile)('node_modules/.bin/tsc', ['-p', folder])
  expect(await compiled.catch((error) => error)).toMatchObject({ stdout: '' })
})

/** Examples refer to these files of an app. */
const surroundings = {
  'app/database.ts': `
    import { integer, pgTable, text } from 'drizzle-orm/pg-core'
    import { drizzle } from 'drizzle-orm/postgres-js'
    export const db = drizzle('')
    export const settings = pgTable('settings', { id: integer() })
    export const bans = pgTable('bans', { name: text().notNull() })`,
  'app/acl.ts': `export const loadAcl = async (group: number) => ({ group })`,
  'app/posts.ts': `export const loadPosts = async () => ['first']`,
  'auth.ts': `export const currentUser = async () => ({ name: 'anna', isAdmin: true })`,
}

/** The files of the examples: a line such as "// app/bans.ts" begins one, what has no such line is in `app`. */
function filesOf(examples: readonly Example[]): Record<string, string> {
  const files: Record<string, string> = {}
  for (const [index, { document, code, language }] of examples.entries()) {
    for (const part of code.split(/^(?=\/\/ \S+\.tsx?$)/m)) {
      const named = /^\/\/ (\S+)$/m.exec(part.split('\n', 1)[0] ?? '')?.[1]
      const fallback = `app/example-${index}.${language}`
      const file = named && !(named in files) ? named : named ? variant(named, index) : fallback
      files[file] = `// ${document}\n${part}export {}\n`
    }
  }
  return files
}

/** Several documents may show the same file. */
function variant(file: string, index: number): string {
  return file.replace(/(\.tsx?)$/, `-${index}$1`)
}

test('every statement in SQL runs', async () => {
  const blocks = written('sql')
  expect(blocks).not.toEqual([])
  for (const { code } of blocks) {
    const undone = database.sql.begin(async (sql) => {
      await sql`create role app`
      await sql`create role app_reads`
      await sql.unsafe(code)
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')
  }
})

test('every session of psql prints what is shown', async () => {
  const sessions = written('psql')
  expect(sessions).not.toEqual([])
  const connection = await database.sql.reserve()
  try {
    for (const { code } of sessions) {
      const statements = [...code.matchAll(/^forum=> (.*;)$/gm)].map(([, statement = '']) => statement)
      const outputs: string[] = []
      for (const statement of statements) {
        outputs.push(`forum=> ${statement}\n${await outputOf(connection, statement)}`)
      }
      expect(comparable(outputs.join(''))).toBe(comparable(code))
    }
  } finally {
    connection.release()
  }
})

/** Versions are random, and nobody sees the blanks at the end of a line or the lines between two statements. */
function comparable(session: string): string {
  return session
    .replaceAll(/(?<=\| )[A-Za-z0-9]{8}$/gm, '8 random')
    .replaceAll(/ +$/gm, '')
    .replaceAll(/\n+(?=forum=>|$)/g, '\n')
    .trim()
}

/** The output of psql for the statement. */
async function outputOf(sql: Sql, statement: string): Promise<string> {
  try {
    const rows = await sql.unsafe(statement).values()
    const names = rows.columns?.map(({ name }) => name) ?? []
    if (names.length === 0) return `${commandTag(rows.command, rows.count)}\n`
    const types = rows.columns?.map(({ type }) => type) ?? []
    return `${table(names, types, rows)}(${rows.count} row${rows.count === 1 ? '' : 's'})\n\n`
  } catch (error) {
    const { message, hint } = error as { message: string; hint?: string }
    return `ERROR:  ${message}\n${hint ? `HINT:  ${hint}\n` : ''}`
  }
}

function commandTag(command: string, count: number | null): string {
  if (command === 'INSERT') return `INSERT 0 ${count}`
  return count === null ? command : `${command} ${count}`
}

function table(names: readonly string[], types: readonly number[], rows: readonly unknown[][]): string {
  const int4 = 23
  const cells = rows.map((row) => row.map((value) => (value === null ? '' : String(value))))
  const widths = names.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)))
  const centered = names.map((name, i) => {
    const before = Math.floor(((widths[i] ?? 0) - name.length) / 2)
    return (' '.repeat(before) + name).padEnd(widths[i] ?? 0)
  })
  const aligned = (row: readonly string[]) =>
    row.map((cell, i) => (types[i] === int4 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+')
  const lines = [centered, ...cells.map(aligned)].map((row) => ` ${row.join(' | ')}`)
  return `${[lines[0], rule, ...lines.slice(1)].join('\n')}\n`
}

test('every command that is shown exists', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'))
  const commands = written('sh')
    .flatMap(({ code }) => code.split(/\n|&&/))
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => /pnpm|next-cache-versions/.test(line))
  expect(commands.length).toBeGreaterThan(10)
  const exists = (command: string) => {
    const verb = /^npx next-cache-versions (\S+)/.exec(command)?.[1]
    if (verb !== undefined) return verbs.has(verb)
    const [, name = '', script = ''] = /pnpm(?:@\d+)? (\S+) ?(\S*)/.exec(command) ?? []
    if (name === 'tsx') return existsSync(script)
    return name in scripts || existsSync(`node_modules/.bin/${name}`)
  }
  expect(commands.filter((command) => !exists(command))).toEqual([])
})

test('every verb that a document, an image or a pod calls exists', () => {
  // As a line of a shell, and as a list of YAML or JSON.
  const called = [...prose.matchAll(/\bnpx["', ]+next-cache-versions["', ]+([a-z][a-z-]*)/g)].map(
    ([, verb = '']) => verb,
  )
  expect(called).toEqual(expect.arrayContaining(['migrate', 'doctor', 'admin-link']))
  expect(called.filter((verb) => !verbs.has(verb))).toEqual([])
})

test('every variable of the package that a document names exists', () => {
  const named = prose.match(/\bCACHE_VERSIONS_[A-Z_]+\b/g) ?? []
  expect(named).not.toEqual([])
  expect(named.filter((name) => !settings.includes(name))).toEqual([])
})

test('the image has the stages that are built and copied from, and the probes have their routes', () => {
  const all = (pattern: RegExp, ...languages: string[]) =>
    written(...languages).flatMap(({ code }) => [...code.matchAll(pattern)].map(([, name = '']) => name))
  const stages = all(/^FROM .* AS (\w+)$/gm, 'dockerfile')
  const used = [...all(/--from=(\w+)/g, 'dockerfile'), ...all(/--target (\w+)/g, 'sh')]
  expect(new Set(used)).toEqual(new Set(stages))
  const probes = all(/httpGet: \{ path: (\S+),/g, 'yaml').map((path) => `app${path}/route.ts`)
  expect(probes.length).toBeGreaterThan(1)
  expect(all(/^\/\/ (app\/\S+)$/gm, 'ts')).toEqual(expect.arrayContaining(probes))
})
