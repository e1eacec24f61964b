import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './testing/database.ts'

interface Outcome {
  code: number
  stdout: string
  stderr: string
}

const project = resolve(import.meta.dirname, '..')
let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase(['bans', 'settings'])
})
afterAll(() => database.drop())

/** A database with these caches alone, whatever caches the migrations of the demo start. */
async function createDatabase(caches: readonly string[]): Promise<TestDatabase> {
  const created = await createTestDatabase([])
  await created.sql`select stop_cache_versioning(cache) from cache_versions`
  for (const cache of caches) await created.sql`select start_cache_versioning(${cache})`
  return created
}

/** Runs a script of the project, or of a copy of it, as a person would. */
function run(script: string, args: readonly string[] = [], place: { folder?: string; url?: string } = {}) {
  const { folder = project, url = database.url } = place
  const tsx = join(project, 'node_modules/tsx/dist/cli.mjs')
  const env = { ...process.env, DATABASE_URL: url, CACHE_VERSIONS_DATABASE_URL: '', NODE_OPTIONS: '' }
  return new Promise<Outcome>((done) => {
    execFile(
      process.execPath,
      [tsx, join(folder, 'scripts', script), ...args],
      { cwd: folder, env, timeout: 25_000 },
      (error, stdout, stderr) => {
        done({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr })
      },
    )
  })
}

async function versionsOf(sql = database.sql): Promise<Record<string, string>> {
  const rows = await sql<{ cache: string; version: string }[]>`select cache, version from cache_versions`
  return Object.fromEntries(rows.map(({ cache, version }) => [cache, version]))
}

async function lastInvalidation() {
  const [row] = await database.sql`
    select cache, reason, actor, source from cache_invalidations order by id desc limit 1`
  return row
}

describe('invalidate.ts', () => {
  test('gives the named caches new versions, each once, and prints old and new', async () => {
    const before = await versionsOf()
    const { code, stdout } = await run('invalidate.ts', ['settings', 'bans', 'settings'])
    const after = await versionsOf()
    expect(after.bans).not.toBe(before.bans)
    expect(stdout).toBe(
      `settings  ${before.settings} → ${after.settings}\nbans      ${before.bans} → ${after.bans}\n`,
    )
    expect(code).toBe(0)
  })

  test('leaves other caches alone and logs reason, actor and source', async () => {
    const before = await versionsOf()
    await run('invalidate.ts', ['bans', '--reason', 'a test', '--actor', 'anna'])
    expect((await versionsOf()).settings).toBe(before.settings)
    expect(await lastInvalidation()).toEqual({
      cache: 'bans',
      reason: 'a test',
      actor: 'anna',
      source: 'cli',
    })
  })

  test('logs the user of the system, and the beginning of a reason that is too long', async () => {
    await run('invalidate.ts', ['bans', '--reason', 'x'.repeat(600)])
    expect(await lastInvalidation()).toMatchObject({
      reason: 'x'.repeat(500),
      actor: userInfo().username,
    })
  })

  test('prints only JSON with --json', async () => {
    const before = await versionsOf()
    const { stdout } = await run('invalidate.ts', ['bans', '--json'])
    const { bans } = await versionsOf()
    expect(JSON.parse(stdout)).toEqual([{ cache: 'bans', previousVersion: before.bans, version: bans }])
  })

  test('an unknown cache suggests the nearest and invalidates nothing', async () => {
    const before = await versionsOf()
    const { code, stdout, stderr } = await run('invalidate.ts', ['settings', 'bnas', '--json'])
    expect(stderr).toContain('Cache "bnas" is not versioned. Did you mean "bans"?')
    expect(stdout).toBe('')
    expect(code).toBe(1)
    expect(await versionsOf()).toEqual(before)
  })

  test('a name that cannot be one is refused with what is allowed', async () => {
    const names = ['', 'a\u0007b', 'x'.repeat(129)]
    for (const { code, stderr } of await Promise.all(names.map((name) => run('invalidate.ts', [name])))) {
      expect(stderr).toContain('is not a cache name. Use 1 to 128 characters: letters, digits')
      expect(code).toBe(2)
    }
  })

  test('wrong usage exits with 2 and shows the usage', async () => {
    const usages = [[], ['bans', '--jsno'], ['bans', '--reason']]
    for (const { code, stderr } of await Promise.all(usages.map((args) => run('invalidate.ts', args)))) {
      expect(stderr).toContain('Usage: pnpm tsx scripts/invalidate.ts CACHE...')
      expect(stderr).not.toContain('    at ')
      expect(code).toBe(2)
    }
  })
})

describe('invalidate-all.ts', () => {
  test('gives every cache a new version and says how many', async () => {
    const before = await versionsOf()
    const { code, stdout } = await run('invalidate-all.ts', ['--reason', 'all of them'])
    const after = await versionsOf()
    expect(stdout).toBe('Invalidated 2 caches.\n')
    expect(code).toBe(0)
    for (const cache of ['bans', 'settings']) expect(after[cache]).not.toBe(before[cache])
    expect(await lastInvalidation()).toMatchObject({ reason: 'all of them', source: 'cli' })
  })

  test('refuses names, which it would not heed', async () => {
    const before = await versionsOf()
    const { code, stderr } = await run('invalidate-all.ts', ['bans'])
    expect(stderr).toContain('pnpm tsx scripts/invalidate.ts bans')
    expect(code).toBe(2)
    expect(await versionsOf()).toEqual(before)
  })

  test('an unreachable Postgres is named without its password', async () => {
    const { code, stderr } = await run('invalidate-all.ts', [], {
      url: 'postgres://me:s3cret@127.0.0.1:1/app',
    })
    expect(stderr).toContain('Postgres at 127.0.0.1:1 cannot be reached')
    expect(stderr).not.toContain('s3cret')
    expect(code).toBe(1)
  })

  test('a password that Postgres or the URL refuses is not shown', async () => {
    const urls = [
      'postgres://me:s3cr%et@127.0.0.1/app',
      'me:s3cret at home',
      'postgres://me:1/s3cret@127.0.0.1/app',
    ]
    for (const broken of urls) {
      const { code, stderr } = await run('invalidate-all.ts', [], { url: broken })
      expect(stderr).toContain('Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE')
      expect(stderr).not.toContain('s3cr')
      expect(code).toBe(1)
    }
  })

  test('a database without the migrations says which command to run', async () => {
    const empty = `${new URL(database.url).pathname.slice(1)}_empty`
    await database.sql`create database ${database.sql(empty)} template template0`
    try {
      const { code, stderr } = await run('invalidate-all.ts', [], {
        url: new URL(`/${empty}`, database.url).href,
      })
      expect(stderr).toContain('Run the migrations: pnpm drizzle-kit migrate')
      expect(code).toBe(1)
    } finally {
      await database.sql`drop database ${database.sql(empty)} with (force)`
    }
  })
})

describe('versions.ts', () => {
  test('lists every cache with its version and last invalidation', async () => {
    await run('invalidate.ts', ['bans', '--reason', 'two\nlines', '--actor', 'anna'])
    const { bans, settings } = await versionsOf()
    const { code, stdout } = await run('versions.ts')
    const [head, first, second] = stdout.split('\n')
    expect(head).toMatch(/^CACHE +VERSION +INVALIDATED +BY +FROM +WHY$/)
    expect(first).toMatch(new RegExp(`^bans      ${bans}  [-0-9]{10} [:0-9]{8}Z  anna +cli +two lines$`))
    expect(second).toMatch(new RegExp(`^settings  ${settings}`))
    expect(code).toBe(0)
  })

  test('prints the same as JSON', async () => {
    await run('invalidate.ts', ['bans', '--reason', 'json', '--actor', 'anna'])
    const [bans] = JSON.parse((await run('versions.ts', ['--json'])).stdout)
    expect(bans).toEqual({
      cache: 'bans',
      version: (await versionsOf()).bans,
      invalidatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      actor: 'anna',
      source: 'cli',
      reason: 'json',
    })
  })

  test('says how to begin where there is no cache', async () => {
    const none = await createDatabase([])
    try {
      const place = { url: none.url }
      expect((await run('versions.ts', [], place)).stdout).toContain('scripts/start-versioning.ts')
      expect((await run('versions.ts', ['--json'], place)).stdout).toBe('[]\n')
      expect((await run('invalidate-all.ts', [], place)).stdout).toBe('Invalidated 0 caches.\n')
    } finally {
      await none.drop()
    }
  })
})

test('every command explains itself', async () => {
  const scripts = [
    'invalidate',
    'invalidate-all',
    'versions',
    'start-versioning',
    'stop-versioning',
    'prune',
    'adopt',
    'admin-link',
  ]
  const outcomes = await Promise.all(scripts.map((script) => run(`${script}.ts`, ['--help'])))
  for (const [index, { code, stdout, stderr }] of outcomes.entries()) {
    expect(stdout).toContain(`Usage: pnpm tsx scripts/${scripts[index]}.ts`)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  }
})

describe('admin-link.ts', () => {
  test('prints a link with a one-time token, which the table holds by its hash', async () => {
    const { stdout } = await run('admin-link.ts', ['--origin', 'https://forum.example.com'])
    const [, token = ''] =
      /^https:\/\/forum\.example\.com\/admin\/caches\/session\?token=(once_[\w-]{43})\n$/.exec(stdout) ?? []
    const rows = await database.sql`
      select from cache_admin_tokens where hash = encode(sha256(${token}::text::bytea), 'hex') and expires_at > now()`
    expect(rows).toHaveLength(1)
  })

  test('what is no origin or no page is wrong usage', async () => {
    expect((await run('admin-link.ts', ['--origin', 'forum.example.com'])).code).toBe(2)
    expect((await run('admin-link.ts', ['--page', 'admin?x'])).code).toBe(2)
  })
})

describe('start-versioning.ts and stop-versioning.ts', () => {
  const registry = "export const caches = ['settings', 'bans'] as const\n"
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-versions-commands-'))
    const copied = ['scripts', 'drizzle', 'package.json', 'drizzle.config.ts', 'tsconfig.json']
    for (const name of copied) await cp(join(project, name), join(folder, name), { recursive: true })
    for (const name of ['node_modules', 'dist', 'lib']) await symlink(join(project, name), join(folder, name))
    await mkdir(join(folder, 'app'))
    await writeFile(join(folder, 'app/caches.ts'), registry)
    await database.sql`create table badges (id int)`
    await database.sql`create table "Badge Images" (id int)`
    await database.sql`create table "BadgeImages" (id int)`
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** The files that the two commands may write, with their contents. */
  async function files(): Promise<Record<string, string>> {
    const paths = await readdir(join(folder, 'drizzle/migrations'), { recursive: true })
    const texts = paths
      .filter((path) => path.includes('.'))
      .map(async (path) => [path, await readFile(join(folder, 'drizzle/migrations', path), 'utf8')] as const)
    return { ...Object.fromEntries(await Promise.all(texts)), registry: await readRegistry() }
  }

  function readRegistry(): Promise<string> {
    return readFile(join(folder, 'app/caches.ts'), 'utf8')
  }

  async function apply(): Promise<void> {
    await migrate(drizzle(database.sql), { migrationsFolder: join(folder, 'drizzle/migrations') })
  }

  async function catalog() {
    return {
      caches: Object.keys(await versionsOf()).sort(),
      triggers: await database.sql`
        select tgrelid::regclass::text as table, tgname as name from pg_trigger
        where not tgisinternal order by 1, 2`,
    }
  }

  test('what start writes starts the cache and its triggers, and stop leaves nothing of it', async () => {
    const before = await catalog()
    const started = await run(
      'start-versioning.ts',
      ['my_cache', '--on-write', 'badges', '--on-write', 'public.BadgeImages'],
      { folder },
    )
    expect(started.code).toBe(0)
    expect(started.stdout).toMatch(/^Wrote drizzle\/migrations\/\d{4}_start_my_cache_versioning\.sql:\n/)
    expect(started.stdout).toMatch(/Apply it: pnpm drizzle-kit migrate\n$/)
    expect(await readRegistry()).toBe("export const caches = ['settings', 'bans', 'my_cache'] as const\n")
    await apply()
    for (const table of ['badges', 'BadgeImages']) {
      const { my_cache: version } = await versionsOf()
      await database.sql`insert into ${database.sql(table)} values (1), (2)`
      expect((await versionsOf()).my_cache).not.toBe(version)
    }

    const stopped = await run('stop-versioning.ts', ['my_cache'], { folder })
    expect(stopped.stderr).toBe('')
    await apply()
    expect(await catalog()).toEqual(before)
    expect(await readRegistry()).toBe(registry)
  })

  test('a cache that is versioned already gets only the trigger, and loses only that', async () => {
    const before = await catalog()
    const started = await run('start-versioning.ts', ['bans', '--on-write', 'badges', '--json'], { folder })
    expect(JSON.parse(started.stdout)).toEqual({
      migration: expect.stringMatching(/^drizzle\/migrations\/\d{4}_invalidate_bans_on_write\.sql$/),
      statements: ["select invalidate_cache_on_write('bans', 'badges');"],
      registry: null,
    })
    await apply()
    const { bans } = await versionsOf()
    await database.sql`delete from badges`
    expect((await versionsOf()).bans).not.toBe(bans)

    await run('stop-versioning.ts', ['bans', '--on-write', 'badges'], { folder })
    await apply()
    expect(await catalog()).toEqual(before)
    expect(await readRegistry()).toBe(registry)
  })

  test('a migration is younger than the one before it, even by a clock that is behind', async () => {
    const migrations = join(folder, 'drizzle/migrations')
    const path = join(migrations, 'meta/_journal.json')
    await cp(migrations, join(folder, 'kept'), { recursive: true })
    const journal = JSON.parse(await readFile(path, 'utf8'))
    const tomorrow = Date.now() + 86_400_000
    journal.entries.at(-1).when = tomorrow
    await writeFile(path, JSON.stringify(journal))
    await run('start-versioning.ts', ['late'], { folder })
    await run('stop-versioning.ts', ['late'], { folder })
    const whens = JSON.parse(await readFile(path, 'utf8')).entries.map(({ when }: { when: number }) => when)
    expect(whens.slice(-3)).toEqual([tomorrow, tomorrow + 1, tomorrow + 2])
    await rm(migrations, { recursive: true })
    await rename(join(folder, 'kept'), migrations)
  })

  test('a table that no migration makes is written with a warning that suggests the nearest', async () => {
    await cp(join(folder, 'drizzle/migrations'), join(folder, 'kept'), { recursive: true })
    const misspelt = await run('start-versioning.ts', ['bans', '--on-write', 'cache_version'], { folder })
    expect(misspelt.stderr).toContain(
      'No migration makes the table "cache_version". Did you mean "cache_versions"?',
    )
    expect(misspelt.code).toBe(0)
    const right = await run('stop-versioning.ts', ['bans', '--on-write', 'public.cache_versions'], { folder })
    expect(right.stderr).toBe('')
    await rm(join(folder, 'drizzle/migrations'), { recursive: true })
    await rename(join(folder, 'kept'), join(folder, 'drizzle/migrations'))
  })

  test('what cannot be done is refused before anything is written', async () => {
    await writeFile(join(folder, 'odd.ts'), 'export const caches = [...others] as const\n')
    const before = await files()
    const refusals: [script: string, args: string[], code: number, message: string][] = [
      ['start-versioning.ts', [], 2, 'No cache is named'],
      ['start-versioning.ts', ['a', 'b'], 2, 'More than one cache is named'],
      ['start-versioning.ts', ['a b'], 2, 'is not a cache name'],
      ['start-versioning.ts', ['new', '--on-write', 'Badge Images'], 2, 'is not the name of a table'],
      ['start-versioning.ts', ['bans'], 1, 'is versioned already'],
      ['start-versioning.ts', ['new', '--registry', 'none.ts'], 1, 'Create it with'],
      ['start-versioning.ts', ['new', '--registry', 'odd.ts'], 1, 'cannot be read. Write it as'],
      ['stop-versioning.ts', ['bnas'], 1, 'Did you mean "bans"?'],
    ]
    const attempts = refusals.map(async ([script, args, code, message]) => {
      const outcome = await run(script, args, { folder })
      expect(outcome.stderr).toContain(message)
      expect(outcome.code, message).toBe(code)
    })
    await Promise.all(attempts)
    expect(await files()).toEqual(before)
  })

  test('a failure of drizzle-kit is an error, and nothing is left of the attempt', async () => {
    const before = await files()
    const schema = join(folder, 'drizzle/schema.ts')
    const text = await readFile(schema, 'utf8')
    await writeFile(schema, 'not a schema')
    const { code, stderr } = await run('start-versioning.ts', ['new'], { folder })
    await writeFile(schema, text)
    expect(stderr).toContain('drizzle-kit wrote no migration')
    expect(code).toBe(1)
    expect(await files()).toEqual(before)
  })

  test('a registry that cannot be written takes the migration back', async () => {
    const before = await files()
    const schema = join(folder, 'drizzle/schema.ts')
    const text = await readFile(schema, 'utf8')
    const path = JSON.stringify(join(folder, 'app/caches.ts'))
    // The schema is loaded after the registry is read and before it is written.
    const spoil = `import { mkdirSync, rmSync } from 'node:fs'\nrmSync(${path})\nmkdirSync(${path})\n`
    await writeFile(schema, spoil + text)
    const { code, stderr } = await run('start-versioning.ts', ['new'], { folder })
    await writeFile(schema, text)
    await rm(join(folder, 'app/caches.ts'), { recursive: true })
    await writeFile(join(folder, 'app/caches.ts'), registry)
    expect(stderr).toContain('cannot be written')
    expect(code).toBe(1)
    expect(await files()).toEqual(before)
  })
})
