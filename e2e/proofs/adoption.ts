import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import postgres, { type Sql } from 'postgres'
import { freePort } from '../../scripts/free-port.ts'
import { connect } from '../../scripts/postgres/connection.ts'
import { startGroup } from '../../scripts/processes/process-group.ts'
import { project } from '../../scripts/project.ts'
import { until } from '../../scripts/until.ts'

const run = promisify(execFile)
const minutes = 60_000

/** An app as a person has it before, by one package manager and with one way to migrate. */
interface Kind {
  readonly manager: 'npm' | 'pnpm'
  readonly withDrizzle: boolean
}

const kinds: readonly Kind[] = [
  { manager: 'npm', withDrizzle: true },
  { manager: 'pnpm', withDrizzle: false },
]

/**
 * Makes apps with create-next-app, sets the packed package up in each by `init`, builds, starts two servers, and looks
 * whether one UPDATE reaches both. It needs a registry of npm. Every kind is one round.
 */
export async function proveAdoption(postgresUrl: string, folder: string, rounds: number) {
  const tarball = await pack(folder)
  const apps = []
  for (const kind of kinds.slice(0, rounds)) apps.push(await adopt(kind, { postgresUrl, folder, tarball }))
  return { apps, violations: apps.flatMap(({ violations }) => violations) }
}

async function pack(folder: string): Promise<string> {
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: project })
  const name = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
  if (name === undefined) throw new Error('[cache-versions] npm pack wrote no tarball. Look at what it says.')
  return join(folder, name)
}

async function adopt(
  { manager, withDrizzle }: Kind,
  { postgresUrl, folder, tarball }: { postgresUrl: string; folder: string; tarball: string },
) {
  const name = `adoption-${manager}`
  const app = join(folder, name)
  const database = await createDatabase(postgresUrl, name.replace('-', '_'))
  const place = { cwd: app, env: environment(database.url) }
  const local = (...args: string[]) =>
    runProgram(join(app, 'node_modules/.bin', args[0] ?? ''), args.slice(1), place)
  const times = stopwatch()
  try {
    await createNextApp(manager, name, folder)
    await writeOwnFiles(app, withDrizzle)
    const extras = withDrizzle ? ['drizzle-orm', 'drizzle-kit'] : []
    const pm = manager === 'npm' ? ['npm', 'install'] : ['npx', '--yes', 'pnpm@12', 'add']
    times.start()
    await runProgram(pm[0] ?? '', [...pm.slice(1), tarball, 'postgres', ...extras], place)
    times.lap('install')

    const first = JSON.parse(
      await local('next-cache-versions', 'init', '--caches', 'posts', '--yes', '--json'),
    )
    times.lap('init')
    await (withDrizzle ? local('drizzle-kit', 'migrate') : local('next-cache-versions', 'migrate'))
    times.lap('migrate')
    await database.sql.unsafe(
      "create table if not exists posts (title text); insert into posts values ('before')",
    )
    await local('next', 'build')
    times.lap('build')
    const reached = await onTwoServers(app, place.env, (urls) => proveUpdate(urls, database.sql, local))
    times.lap('proof')
    const second = JSON.parse(await local('next-cache-versions', 'init', '--yes', '--json'))
    return {
      manager,
      next: await versionOfNext(app),
      migrations: withDrizzle ? 'drizzle-kit' : 'migrate',
      seconds: times.laps,
      changed: first.changed,
      linesByHand: first.byHand.flatMap(({ lines }: { lines: string[] }) => lines).length,
      warnings: reached.warnings,
      violations: [
        ...reached.violations,
        ...(second.changed.length + second.migrations.length > 0
          ? [`${name}: a second init changed files`]
          : []),
      ].map((violation) => `${name}: ${violation}`),
    }
  } finally {
    await database.sql.end()
  }
}

async function createNextApp(manager: string, name: string, folder: string): Promise<void> {
  const options = [
    ...['--ts', '--app', '--src-dir', '--no-tailwind', '--no-eslint', '--no-react-compiler', '--turbopack'],
    ...['--import-alias', '@/*', '--disable-git', `--use-${manager}`],
  ]
  const program = `create-next-app ${name} ${options.map((option) => `'${option}'`).join(' ')}`
  const packages = ['--package', 'create-next-app@~16.4.0', '--package', 'pnpm@12']
  await runProgram('npx', ['--yes', ...packages, '-c', program], { cwd: folder, env: environment() })
}

/** A page of the app's own, which has a tag as Next's guide has it and knows nothing of the package. */
async function writeOwnFiles(app: string, withDrizzle: boolean): Promise<void> {
  const files: Record<string, string> = {
    // Without the fonts of Google, which a build would fetch.
    'src/app/layout.tsx': `import './globals.css'

export default function Layout({ children }: { children: React.ReactNode }) {
  return <html lang="en"><body>{children}</body></html>
}
`,
    'src/app/posts/page.tsx': `import { cacheTag } from 'next/cache'
import postgres from 'postgres'

async function titles(): Promise<string[]> {
  'use cache'
  cacheTag('posts')
  const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1 })
  try {
    return (await sql\`select title from posts\`).map(({ title }) => title)
  } finally {
    await sql.end()
  }
}

export default async function Page() {
  return <ul>{(await titles()).map((title) => <li key={title}>title: {title}</li>)}</ul>
}
`,
    ...(withDrizzle
      ? {
          'src/db/schema.ts': `import { pgTable, text } from 'drizzle-orm/pg-core'

export const posts = pgTable('posts', { title: text() })
`,
          'drizzle.config.ts': `import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/db/schema.ts',
  out: './drizzle',
  dbCredentials: { url: process.env.DATABASE_URL ?? '' },
})
`,
        }
      : {}),
  }
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(app, file)), { recursive: true })
    await writeFile(join(app, file), text)
  }
}

async function onTwoServers<T>(
  app: string,
  env: NodeJS.ProcessEnv,
  work: (urls: readonly string[]) => Promise<T>,
): Promise<T> {
  const servers = await Promise.all(
    [1, 2].map(async () => {
      const port = await freePort()
      const args = ['node_modules/next/dist/bin/next', 'start', '-p', String(port)]
      const group = startGroup(process.execPath, args, { cwd: app, env, stdio: 'ignore' })
      return { group, url: `http://localhost:${port}` }
    }),
  )
  try {
    for (const { url } of servers) {
      await until(`${url} to answer`, 60, () => title(url).catch(() => undefined))
    }
    return await work(servers.map(({ url }) => url))
  } finally {
    await Promise.all(servers.map(({ group }) => group.stop()))
  }
}

/** Whether both keep the page while the version is the same, and neither afterwards, and whether doctor is content. */
async function proveUpdate(
  urls: readonly string[],
  sql: Sql,
  local: (...args: string[]) => Promise<string>,
): Promise<{ violations: string[]; warnings: string[] }> {
  const violations: string[] = []
  const expectTitles = async (when: string, expected: string) => {
    for (const url of urls) {
      const found = await title(url)
      if (found !== expected) violations.push(`${when} ${url} shows "${found}" and not "${expected}"`)
    }
  }
  await expectTitles('after the build', 'before')
  await sql`update posts set title = 'after'`
  await expectTitles('while the version is the same', 'before')
  await sql`update cache_versions set version = new_cache_version() where cache = 'posts'`
  await expectTitles('after the UPDATE', 'after')
  const asked = urls.flatMap((url) => ['--url', url])
  const { findings } = JSON.parse(await local('next-cache-versions', 'doctor', '--json', ...asked)) as {
    findings: { state: string; found: string }[]
  }
  const found = (state: string) => findings.filter((one) => one.state === state).map((one) => one.found)
  const unasked = urls
    .filter((url) => !found('ok').some((text) => text.startsWith(url) && /\(build \S+\)$/.test(text)))
    .map((url) => `doctor: does not know the build of ${url}`)
  return {
    violations: [...violations, ...found('wrong').map((text) => `doctor: ${text}`), ...unasked],
    warnings: found('warning'),
  }
}

async function versionOfNext(app: string): Promise<string> {
  return JSON.parse(await readFile(join(app, 'node_modules/next/package.json'), 'utf8')).version
}

async function title(url: string): Promise<string | undefined> {
  const response = await fetch(`${url}/posts`, { signal: AbortSignal.timeout(30_000) })
  return /title: (?:<!-- -->)?(\w+)/.exec(await response.text())?.[1]
}

async function createDatabase(postgresUrl: string, name: string): Promise<{ url: string; sql: Sql }> {
  const server = postgres(postgresUrl, { max: 1, onnotice: () => {} })
  await server`create database ${server(name)} template template0`
  await server.end()
  const url = new URL(`/${name}`, postgresUrl).href
  // Somebody has to stay connected, or Postgres would stop while the app is made.
  const sql = connect(url, 'adoption')
  await sql`select 1`
  return { url, sql }
}

/** That of a person's terminal, without what the package manager of this repository has put into it. */
function environment(databaseUrl?: string): NodeJS.ProcessEnv {
  const env = { ...process.env, CI: '1', ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) }
  for (const name of Object.keys(env)) {
    if (/^(npm_|pnpm_|NODE_ENV$|CACHE_VERSIONS_)/i.test(name)) delete (env as NodeJS.Dict<string>)[name]
  }
  return env
}

async function runProgram(
  program: string,
  args: readonly string[],
  place: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    const options = {
      ...place,
      timeout: 10 * minutes,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
    } as const
    return (await run(program, args, options)).stdout
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string }
    // doctor says what is wrong, and fails.
    if (args.includes('doctor') && stdout) return stdout
    throw new Error(`[cache-versions] ${program} ${args.join(' ')} failed. It says:\n${stdout}${stderr}`, {
      cause,
    })
  }
}

function stopwatch() {
  const laps: Record<string, number> = {}
  let last = performance.now()
  return {
    laps,
    start: () => {
      last = performance.now()
    },
    lap: (name: string) => {
      laps[name] = Math.round((performance.now() - last) / 100) / 10
      last = performance.now()
    },
  }
}
