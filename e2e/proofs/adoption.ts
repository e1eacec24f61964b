import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { freePort } from '../../scripts/free-port.ts'
import { connect } from '../../scripts/postgres/connection.ts'
import { startGroup } from '../../scripts/processes/process-group.ts'
import { until } from '../../scripts/until.ts'
import { writeOwnFiles } from './adoption/app-files.ts'
import { type Kind, kinds } from './adoption/kind.ts'
import { environment, runProgram } from './adoption/program.ts'
import { packTarball } from './adoption/tarball.ts'

/**
 * Makes apps with create-next-app, sets the packed package up in each by `init`, builds, starts two servers, and looks
 * whether an UPDATE, an action and a route handler reach both. It needs a registry of npm. Every kind is one round.
 */
export async function proveAdoption(postgresUrl: string, folder: string, rounds: number) {
  const tarball = await packTarball(folder)
  const apps = []
  for (const kind of kinds.slice(0, rounds)) apps.push(await adopt(kind, { postgresUrl, folder, tarball }))
  return { apps, violations: apps.flatMap(({ violations }) => violations) }
}

async function adopt(
  kind: Kind,
  { postgresUrl, folder, tarball }: { postgresUrl: string; folder: string; tarball: string },
) {
  const { manager, withDrizzle } = kind
  const name = `adoption-${kind.name}`
  const app = join(folder, name)
  const database = await createDatabase(postgresUrl, name.replaceAll('-', '_'))
  const place = { cwd: app, env: environment(database.url) }
  const local = (...args: string[]) =>
    runProgram(join(app, 'node_modules/.bin', args[0] ?? ''), args.slice(1), place)
  const times = stopwatch()
  try {
    await createNextApp(kind, name, folder)
    await writeOwnFiles(app, kind)
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
    await local('next', 'build', `--${kind.bundler}`)
    times.lap('build')
    const reached = await onTwoServers(app, place.env, (urls) => proveUpdate(urls, database.sql, local))
    times.lap('proof')
    const second = JSON.parse(await local('next-cache-versions', 'init', '--yes', '--json'))
    return {
      kind: kind.name,
      next: await versionOfNext(app),
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

async function createNextApp({ manager, sourceFolder }: Kind, name: string, folder: string): Promise<void> {
  const options = [
    ...[
      '--ts',
      '--app',
      sourceFolder ? '--src-dir' : '--no-src-dir',
      '--no-tailwind',
      '--no-eslint',
      '--no-react-compiler',
      '--turbopack',
    ],
    ...['--import-alias', '@/*', '--disable-git', `--use-${manager}`],
  ]
  const program = `create-next-app ${name} ${options.map((option) => `'${option}'`).join(' ')}`
  const packages = ['--package', 'create-next-app@~16.4.0', '--package', 'pnpm@12']
  await runProgram('npx', ['--yes', ...packages, '-c', program], { cwd: folder, env: environment() })
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
  const [one = '', two = ''] = urls
  await sql`update posts set title = 'handled'`
  await fetch(`${one}/api/refresh`, { method: 'POST' })
  await expectTitles('after revalidateTag in a route handler', 'handled')
  await sql`update posts set title = 'acted'`
  await submit(`${two}/act`)
  await expectTitles('after updateTag in an action', 'acted')
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

/** Posts the form of a page as a browser without JavaScript does. */
async function submit(url: string): Promise<void> {
  const page = await (await fetch(url)).text()
  const body = new FormData()
  for (const [, name] of page.matchAll(/name="(\$ACTION[^"]*)"/g)) body.append(name ?? '', '')
  const answer = await fetch(url, { method: 'POST', body, headers: { origin: new URL(url).origin } })
  if (!answer.ok) throw new Error(`[cache-versions] The action of ${url} answered ${answer.status}.`)
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
