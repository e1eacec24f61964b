import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from '@playwright/test'
import postgres from 'postgres'
import { project } from '../scripts/project.ts'

// It runs the demo of this folder, on its own data, as a newcomer does. A dev server that runs already is in the way.
const { DATABASE_URL: _, CACHE_VERSIONS_ADMIN_TOKEN: __, ...environment } = process.env

interface Dev {
  readonly process: ChildProcess
  readonly output: () => string
  /** What stands behind a word of the table that it prints. */
  readonly says: (word: string) => Promise<string>
}

const started: ChildProcess[] = []

test.afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
})

function dev(...args: string[]): Dev {
  // A group of its own, which gets the Ctrl-C as the programs of a terminal do.
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/dev.ts', ...args], {
    cwd: project,
    env: environment as NodeJS.ProcessEnv,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return {
    process: child,
    output: () => output,
    async says(word) {
      const line = new RegExp(`^ +${word} +(.*)$`, 'm')
      await expect.poll(() => output, { timeout: 90_000, intervals: [50] }).toMatch(line)
      return line.exec(output)?.[1] ?? ''
    },
  }
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return String(typeof address === 'object' ? address?.port : '')
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit')
  return child.exitCode
}

function databaseUrl(label: string): string {
  return `postgres://postgres@${/127\.0\.0\.1:\d+/.exec(label)?.[0]}/next_cache_versions`
}

test('pnpm dev serves the demo, lets in whoever has the link, and keeps its data', async () => {
  test.setTimeout(300_000)
  const port = await freePort()
  const first = dev('--port', port)
  const app = await first.says('App')
  expect(app).toBe(`http://localhost:${port}`)
  const page = await fetch(app)
  expect(page.status).toBe(200)

  const link = await first.says('Admin')
  expect(link).toMatch(/\/admin\/caches\/session\?token=[\w-]{43}$/)
  const entered = await fetch(link, { redirect: 'manual' })
  expect([entered.status, entered.headers.get('set-cookie')]).toEqual([
    303,
    expect.stringContaining('HttpOnly'),
  ])
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(401)

  const database = await first.says('Database')
  expect(database).toMatch(/^embedded Postgres 18/)
  const sql = postgres(databaseUrl(database), { max: 1 })
  await sql`select invalidate_cache('bans')`
  const [kept] = await sql`select version from cache_versions where cache = 'bans'`
  await sql.end()

  const second = dev()
  expect(await exitOf(second.process)).toBe(0)
  expect(second.output()).toContain('running already')

  process.kill(-(first.process.pid ?? 0), 'SIGINT')
  await exitOf(first.process)
  await expect(fetch(app)).rejects.toThrow()
  await expect(postgres(databaseUrl(database), { max: 1 })`select 1`).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  })

  const third = dev('--port', port)
  await third.says('App')
  const { bans } = (await (await fetch(`${app}/api/versions`)).json()).versions
  expect(bans).toBe(kept?.version)
  third.process.kill('SIGKILL')
  await exitOf(third.process)

  const fourth = dev('--port', port)
  await fourth.says('App')
  expect((await fetch(app)).status).toBe(200)
})

test('an unknown option is wrong usage', async () => {
  const child = dev('--prot', '3000')
  expect(await exitOf(child.process)).toBe(2)
  expect(child.output()).toContain('Usage: pnpm dev')
})
