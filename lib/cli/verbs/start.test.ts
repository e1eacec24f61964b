import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type App, createApp, drizzleJson } from '../../test/app.ts'
import { readCatalog } from '../../test/catalog.ts'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { callVerb } from '../../test/verb.ts'

const list = "export const caches = ['settings', 'bans'] as const\n"
let database: TestDatabase
let app: App
/** Without drizzle-kit. */
let bare: App

beforeAll(async () => {
  database = await createTestDatabase(['bans', 'settings'])
  await database.sql.unsafe(`
    create table badges (id int);
    create table "BadgeImages" (id int);
    create table visits (id int, at int) partition by range (at);
    create table visits_old partition of visits for values from (0) to (100)`)
  app = await createApp({ 'drizzle.config.json': drizzleJson, 'app/caches.ts': list })
  bare = await createApp({ 'src/lib/caches.ts': list }, { withDrizzle: false })
})
afterAll(async () => {
  await database.drop()
  await Promise.all([app.remove(), bare.remove()])
})
afterEach(() => Promise.all([app.reset(), bare.reset()]))

/** Calls a verb in the app. */
function call(...argv: string[]) {
  return callVerb(argv, { cwd: app.folder })
}

async function catalog() {
  const caches = await database.sql`select cache from cache_versions order by 1`
  return { caches, schema: await readCatalog(database.sql) }
}

async function version(cache: string): Promise<string | undefined> {
  const [row] = await database.sql<
    { version: string }[]
  >`select version from cache_versions where cache = ${cache}`
  return row?.version
}

/** Applied migrations stay in the database, so the next ones have to be younger. */
async function migrate(): Promise<void> {
  await app.migrate(database.sql)
}

test('what start writes starts the cache and its triggers, stop leaves nothing of it, and both may be repeated', async () => {
  const tables = ['--on-write', 'badges', '--on-write', 'public.BadgeImages', '--on-write', 'visits']
  const down = await catalog()
  const started = await call('start', 'my_cache', ...tables)
  expect(started.stdout).toMatch(/^Wrote migrations\/\d{4}_start_my_cache_versioning\.sql:\n/)
  expect(started.stdout).toMatch(
    /\nAdded "my_cache" to app\/caches\.ts\.\nApply it: pnpm drizzle-kit migrate\n$/,
  )
  expect(await app.read('app/caches.ts')).toBe(
    "export const caches = ['settings', 'bans', 'my_cache'] as const\n",
  )
  await migrate()
  const up = await catalog()
  for (const table of ['badges', 'BadgeImages']) {
    const before = await version('my_cache')
    await database.sql`insert into ${database.sql(table)} values (1), (2)`
    expect(await version('my_cache')).not.toBe(before)
  }

  const stopped = await call('stop', 'my_cache')
  expect([stopped.code, stopped.stderr]).toEqual([0, ''])
  await migrate()
  expect(await catalog()).toEqual(down)
  expect(await app.read('app/caches.ts')).toBe(list)

  await call('start', 'my_cache', ...tables)
  await migrate()
  expect(await catalog()).toEqual(up)
  await database.sql`select stop_cache_versioning('my_cache')`
})

test('a cache that is versioned already gets only the trigger, and loses only that', async () => {
  const before = await catalog()
  const started = await call('start', 'bans', '--on-write', 'badges', '--json')
  expect(JSON.parse(started.stdout)).toEqual({
    migration: expect.stringMatching(/^migrations\/\d{4}_invalidate_bans_on_write\.sql$/),
    statements: ["select invalidate_cache_on_write('bans', 'badges');"],
    cachesFile: null,
  })
  expect(await app.read(JSON.parse(started.stdout).migration)).toContain(
    '-- Reversed by: pnpm next-cache-versions stop bans --on-write badges\n',
  )
  await migrate()
  const bans = await version('bans')
  await database.sql`delete from badges`
  expect(await version('bans')).not.toBe(bans)

  await call('stop', 'bans', '--on-write', 'badges')
  await migrate()
  expect(await catalog()).toEqual(before)
  expect(await app.read('app/caches.ts')).toBe(list)
})

test('a migration is younger than the one before it, even by a clock that is behind', async () => {
  const path = 'migrations/meta/_journal.json'
  const journal = JSON.parse(await app.read(path))
  const tomorrow = Date.now() + 86_400_000
  journal.entries.at(-1).when = tomorrow
  await app.write(path, JSON.stringify(journal))
  await call('start', 'late')
  const whens = JSON.parse(await app.read(path)).entries.map(({ when }: { when: number }) => when)
  expect(whens.slice(-2)).toEqual([tomorrow, tomorrow + 1])
})

test('a table that no migration makes is written with a warning that suggests the nearest', async () => {
  const misspelt = await call('start', 'bans', '--on-write', 'cache_version', '--dry-run')
  expect(misspelt.stderr).toContain(
    'No migration makes the table "cache_version". Did you mean "cache_versions"?',
  )
  expect(misspelt.code).toBe(0)
  const right = await call('stop', 'bans', '--on-write', 'public.cache_versions', '--dry-run')
  expect(right.stderr).toBe('')
})

test('migrations without the functions of the package are warned of, with what makes them', async () => {
  await app.write('migrations/0001_cache_versions_functions.sql', '')
  const { code, stderr } = await call('start', 'new', '--dry-run')
  expect(stderr).toContain('No migration makes the functions of the package.')
  expect(stderr).toContain('pnpm next-cache-versions generate')
  expect(code).toBe(0)
})

test('what cannot be done is refused before anything is written', async () => {
  await app.write('odd.ts', 'export const caches = [...others] as const\n')
  const before = await app.files()
  const refusals: [argv: string[], code: number, message: string][] = [
    [['start'], 2, 'No cache is named'],
    [['start', 'a', 'b'], 2, 'More than one cache is named'],
    [['start', 'a b'], 2, 'is not a cache name'],
    [['start', 'new', '--on-write', 'Badge Images'], 2, 'is not the name of a table'],
    [['start', 'bans'], 1, 'is versioned already'],
    [['start', 'new', '--caches-file', 'none.ts'], 1, 'Create it with'],
    [['start', 'new', '--caches-file', 'odd.ts'], 1, 'cannot be read. Write it as'],
    [['start', 'new', '--config', 'none.ts'], 1, 'There is no configuration of drizzle-kit at "none.ts"'],
    [['stop', 'bnas'], 1, 'Did you mean "bans"?'],
  ]
  for (const [argv, code, message] of refusals) {
    const outcome = await call(...argv)
    expect(outcome.stderr).toContain(message)
    expect(outcome.code, message).toBe(code)
  }
  expect(await app.files()).toEqual(before)
})

test('a dry run says what would be written and writes nothing', async () => {
  const before = await app.files()
  const { code, stdout } = await call('start', 'new', '--on-write', 'cache_versions', '--dry-run')
  expect(stdout).toBe(`Would write a migration "start_new_versioning" to migrations:
  select start_cache_versioning('new');
  select invalidate_cache_on_write('new', 'cache_versions');
Would add "new" to app/caches.ts.
`)
  expect(code).toBe(0)
  expect(await app.files()).toEqual(before)
})

test('a failure of drizzle-kit is an error, and nothing is left of the attempt', async () => {
  await app.write('schema.ts', 'not a schema')
  const before = await app.files()
  const { code, stderr } = await call('start', 'new')
  expect(stderr).toContain('drizzle-kit wrote no migration. Mend what it says')
  expect(code).toBe(1)
  expect(await app.files()).toEqual(before)
})

test('a list that cannot be written takes the migration back', async () => {
  const { 'app/caches.ts': _, ...before } = await app.files()
  const path = JSON.stringify(`${app.folder}/app/caches.ts`)
  // The schema is loaded after the list is read and before it is written.
  const spoil = `import { mkdirSync, rmSync } from 'node:fs'\nrmSync(${path})\nmkdirSync(${path})\n`
  await app.write('schema.ts', spoil)
  const { code, stderr } = await call('start', 'new')
  expect(stderr).toContain('cannot be written')
  expect(code).toBe(1)
  expect(await app.files()).toEqual({ ...before, 'schema.ts': spoil })
})

test('an app without a migration is told to write the first', async () => {
  await app.write('drizzle.config.json', drizzleJson.replace('./migrations', './none'))
  const { code, stderr } = await call('start', 'new')
  expect(stderr).toContain('There are no migrations in none')
  expect(stderr).toContain('pnpm drizzle-kit generate')
  expect(code).toBe(1)
})

test('a configuration in TypeScript is read by drizzle-kit, from wherever it is', async () => {
  await app.write(
    'config/kit.ts',
    `const out: string = './migrations'\nexport default { ...${drizzleJson}, out }\n`,
  )
  await app.write('drizzle.config.json', '{}')
  const { stdout } = await call('start', 'new', '--config', 'config/kit.ts', '--dry-run')
  expect(stdout).toContain('Would write a migration "start_new_versioning" to migrations:')
})

test('a configuration that throws, or is for another database, is an error that says so', async () => {
  await app.write('broken.ts', `throw new Error('DATABASE_URL is missing')\n`)
  const broken = await call('start', 'new', '--config', 'broken.ts')
  expect(broken.stderr).toContain('DATABASE_URL is missing')
  expect(broken.code).toBe(1)
  await app.write('lite.json', drizzleJson.replace('postgresql', 'sqlite'))
  const lite = await call('start', 'new', '--config', 'lite.json')
  expect(lite.stderr).toContain('lite.json" is the configuration of drizzle-kit for "sqlite"')
})

test('without a list of caches it writes the migration and says what to add by hand', async () => {
  await app.write('app/caches.ts', 'export const other = 1\n')
  const started = await call('start', 'new', '--dry-run')
  expect(started.stdout).toContain("select start_cache_versioning('new');")
  expect(started.stderr).toContain("export const caches = ['new'] as const")
  expect(started.stderr).toContain("declare module 'next-cache-versions'")
  const stopped = await call('stop', 'new', '--dry-run')
  expect(stopped.stderr).toContain('Remove "new" from yours')
})

test('--sql prints the SQL alone, which psql may read, and writes no migration', async () => {
  const { 'app/caches.ts': _, ...before } = await app.files()
  const { code, stdout, stderr } = await call('start', 'piped', '--on-write', 'badges', '--sql')
  await database.sql.unsafe(stdout)
  expect(await version('piped')).toBeDefined()
  await database.sql.unsafe((await call('stop', 'piped', '--sql')).stdout)
  expect(await version('piped')).toBeUndefined()
  expect(stderr).toBe('Added "piped" to app/caches.ts.\n')
  expect(code).toBe(0)
  expect(await app.files()).toEqual({ ...before, 'app/caches.ts': list })
})

test('an app without drizzle-kit gets the SQL, and the list in its source folder is edited', async () => {
  const { code, stdout, stderr } = await callVerb(['start', 'new'], { cwd: bare.folder })
  expect(stdout).toMatch(/\nselect start_cache_versioning\('new'\);\n$/)
  expect(stderr).toContain('There is no drizzle-kit with a configuration here')
  expect(stderr).toContain('Added "new" to src/lib/caches.ts.')
  expect(await bare.read('src/lib/caches.ts')).toContain("'new'")
  expect(code).toBe(0)
})
