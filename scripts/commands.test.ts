import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../e2e/harness/test-database.ts'
import { type App, createApp, drizzleJson } from '../lib/test/app.ts'
import { project } from './project.ts'

const bin = join(project, 'dist/cli/main.js')
let database: TestDatabase
/** Somebody else's, who has installed the package. */
let app: App

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  app = await createApp({
    'drizzle.config.json': drizzleJson,
    'app/caches.ts': 'export const caches = [] as const\n',
  })
})
afterAll(async () => {
  await database.drop()
  await app.remove()
})

interface Place {
  cwd?: string
  url?: string | undefined
}

function environment(url = database.url): NodeJS.ProcessEnv {
  return { ...process.env, DATABASE_URL: url, CACHE_VERSIONS_DATABASE_URL: '', NODE_OPTIONS: '' }
}

/** Runs a program of Node as a person would. */
function run(args: readonly string[], { cwd = app.folder, url }: Place = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(
      process.execPath,
      args,
      { cwd, env: environment(url), timeout: 25_000 },
      (error, stdout, stderr) => {
        done({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr })
      },
    )
  })
}

const script = (name: string, ...args: string[]) =>
  run(['--import', 'tsx', `scripts/${name}.ts`, ...args], { cwd: project })

test('the program of the package, without arguments, lists what it can do', async () => {
  const { code, stderr } = await run([bin])
  expect(stderr).toMatch(/^Usage: pnpm next-cache-versions VERB \[options\]\n\nVerbs:\n {2}init /)
  expect(code).toBe(2)
})

test('the program of the package invalidates a cache', async () => {
  const { code, stdout, stderr } = await run([bin, 'invalidate', 'bans', '--json'])
  const [row] = await database.sql`select cache, version from cache_versions where cache = 'bans'`
  expect(JSON.parse(stdout)).toMatchObject([row])
  expect([code, stderr]).toEqual([0, ''])
})

test('the program of the package exits with 2 on wrong arguments, with 1 on a dead database', async () => {
  expect((await run([bin, 'invalidate', 'bans', '--jsno'])).code).toBe(2)
  const dead = await run([bin, 'list'], { url: 'postgres://me:s3cret@127.0.0.1:1/app' })
  expect(dead.stderr).toContain('Postgres at 127.0.0.1:1 cannot be reached')
  expect(dead.stderr).not.toMatch(/s3cret|^ +at /m)
  expect(dead.code).toBe(1)
})

test('a reader that has seen enough is no error', async () => {
  const child = spawn(process.execPath, [bin, 'sql'], { env: environment() })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  expect(await once(child, 'close')).toEqual([0, null])
  expect(stderr).toBe('')
})

test('Ctrl-C ends a verb that waits for a database that says nothing', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const url = `postgres://me@127.0.0.1:${(silent.address() as AddressInfo).port}/app`
  const child = spawn(process.execPath, [bin, 'invalidate-all'], { cwd: app.folder, env: environment(url) })
  const [socket] = await once(silent, 'connection')
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([null, 'SIGINT'])
  socket.destroy()
  silent.close()
})

test('Ctrl-C while drizzle-kit writes leaves nothing of the attempt', async () => {
  const reached = join(app.folder, 'reached')
  await app.write(
    'schema.ts',
    `import { writeFileSync } from 'node:fs'
    writeFileSync(${JSON.stringify(reached)}, '')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)`,
  )
  const before = await app.files()
  const child = spawn(process.execPath, [bin, 'start', 'new'], { cwd: app.folder, env: environment() })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  await expect.poll(() => existsSync(reached)).toBe(true)
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([1, null])
  expect(stderr).toBe('[cache-versions] The command was interrupted, so nothing was written. Run it again.\n')
  expect(await app.files()).toEqual({ ...before, reached: '' })
})

test('a script of this repository hands over to its verb, under its own name', async () => {
  const names = [
    'adopt',
    'admin-link',
    'invalidate',
    'invalidate-all',
    'prune',
    'start-versioning',
    'stop-versioning',
    'versions',
  ]
  // One process for all of them.
  const program = `for (const name of ${JSON.stringify(names)}) await import('./scripts/' + name + '.ts')`
  const { code, stdout, stderr } = await run(
    ['--import', 'tsx', '--input-type=module', '-e', program, 'a script', '--help'],
    { cwd: project },
  )
  for (const name of names) expect(stdout).toContain(`Usage: pnpm tsx scripts/${name}.ts `)
  expect([code, stderr]).toEqual([0, ''])
})

test('a script without the arguments it needs names itself in its usage', async () => {
  const { code, stderr } = await script('invalidate')
  expect(stderr).toContain('No cache is named. Name one or more, or use: pnpm tsx scripts/invalidate-all.ts')
  expect(stderr).toContain('Usage: pnpm tsx scripts/invalidate.ts CACHE... [options]\n')
  expect(code).toBe(2)
})
