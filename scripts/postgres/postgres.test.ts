import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { databaseFindings } from '../../lib/cli/doctor/database.ts'
import { invocationOf } from '../../lib/cli/invocation.ts'
import { freePort } from '../free-port.ts'
import { commandLineOf, hasExited } from '../processes/process.ts'
import { until } from '../until.ts'
import { findBinaries } from './binaries.ts'
import { connect, keeperName, urlOf } from './connection.ts'
import { ensurePostgres, type Postgres } from './ensure-postgres.ts'
import { findPlace } from './place.ts'
import { releasePostgres } from './release-postgres.ts'
import { removePostgres } from './remove-postgres.ts'
import { findServer, type Server, stopServer } from './server.ts'

// All on one data folder, for its cluster takes longer to make than all the rest. Each test finds it stopped.
let dataFolder: string
const connections: Sql[] = []

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'postgres-'))
  await open(await start())`create table kept as select 42 as answer`
  await stop()
})

afterEach(stop)

afterAll(async () => {
  await removePostgres(await findPlace(dataFolder))
  await rm(dataFolder, { recursive: true, force: true })
})

test('several that start at once share one server', async () => {
  const all = await Promise.all([start(), start(), start()])
  expect(new Set(all.map((one) => one.url)).size).toBe(1)
  const sql = open(all[0])
  const [row] = await sql`select current_database() as database, current_user as user`
  expect(row).toEqual({ database: 'next_cache_versions', user: 'postgres' })
})

test('a second keeper of a server leaves', async () => {
  const { folder, url } = await start()
  await untilKept(open({ folder, url }))
  const { pid } = await server()
  const keeper = fileURLToPath(new URL('./keeper.ts', import.meta.url))
  const second = spawn(process.execPath, ['--import', 'tsx', keeper, folder, String(pid), '10'])
  const [code] = await once(second, 'exit')
  expect(code).toBe(0)
  expect(await server()).toMatchObject({ pid, ready: true })
})

test('stops at once for the last one that leaves, and has its port again the next time', async () => {
  const first = await start()
  await open(first)`select 1`
  expect(await releasePostgres(first)).toBe(false)
  expect(await findServer(await data())).toBeDefined()

  await disconnect()
  expect(await releasePostgres(first)).toBe(true)
  expect(await findServer(await data())).toBeUndefined()
  expect(await start()).toEqual(first)
})

test('takes another port when the one it had is in use', async () => {
  const first = await start()
  await stop()
  const squatter = createServer().listen(Number(new URL(first.url).port), '127.0.0.1')
  await once(squatter, 'listening')
  try {
    const second = await start()
    expect(second.url).not.toBe(first.url)
    expect(await open(second)`select answer from kept`).toEqual([{ answer: 42 }])
  } finally {
    squatter.close()
  }
})

test('starts again after kill -9 of Postgres and of its keeper', async () => {
  const first = await start()
  const [keeper] = await untilKept(open(first))
  process.kill(keeper ?? 0, 'SIGKILL')
  process.kill((await server()).pid, 'SIGKILL')
  await disconnect()
  expect(await start()).toEqual(first)
  expect(await open(first)`select answer from kept`).toEqual([{ answer: 42 }])
})

test('runs on while somebody is connected, and stops when nobody has been for the grace', async () => {
  const first = await start({ graceSeconds: 0.1 })
  const sql = open(first)
  await untilKept(sql)
  // Longer than the grace, and than the keeper takes to look again.
  await sql`select pg_sleep(0.8)`
  expect(await sql`select answer from kept`).toEqual([{ answer: 42 }])
  await disconnect()
  await untilStopped()
})

test('has a new keeper after kill -9 of the old one', async () => {
  const first = await start()
  const sql = open(first)
  const [killed] = await untilKept(sql)
  const { pid } = await server()
  process.kill(killed ?? 0, 'SIGKILL')
  await until('the keeper to be gone', 10, async () => ((await keepers(sql)).length ? undefined : true))

  expect(await start({ graceSeconds: 0.1 })).toEqual(first)
  expect((await server()).pid).toBe(pid)
  await untilKept(sql)
  await disconnect()
  await untilStopped()
})

test('does not take another program for the server of a stale file', async () => {
  const first = await start()
  await stop()
  const { owner } = await findPlace(dataFolder)
  const bystander = spawn('sleep', ['60'], { ...owner })
  try {
    const lines = [bystander.pid, await data(), 0, new URL(first.url).port, '', '127.0.0.1', '', 'ready']
    await writeFile(join(await data(), 'postmaster.pid'), lines.join('\n'))
    expect(await start()).toEqual(first)
    expect(await open(first)`select answer from kept`).toEqual([{ answer: 42 }])
  } finally {
    bystander.kill()
  }
})

test('stops when its data is removed, whoever is connected', async () => {
  const first = await start()
  await untilKept(open(first))
  const { pid } = await server()
  await rename(await data(), `${await data()}.aside`)
  try {
    await until('Postgres to stop', 10, async () => commandLineOf(pid) === '' || undefined)
  } finally {
    await rename(`${await data()}.aside`, await data())
  }
})

test('says why Postgres does not start', async () => {
  const settings = join(await data(), 'postgresql.auto.conf')
  await appendFile(settings, 'no such setting\n')
  try {
    await expect(start()).rejects.toThrow(/did not start. Its log ends with:\n.*syntax error/s)
  } finally {
    await writeFile(settings, '')
  }
})

test.runIf(process.getuid?.() === 0)(
  'root keeps data out of a folder that Postgres cannot enter',
  async () => {
    const hidden = await mkdtemp(join(tmpdir(), 'hidden-'))
    await chmod(hidden, 0o700)
    const place = await findPlace(join(hidden, 'postgres'))
    expect(place.folder).toMatch(/^\/var\/tmp\/next-cache-versions-/)
    expect(await findPlace(join(hidden, 'postgres'))).toEqual(place)
    await Promise.all([hidden, place.folder].map((path) => rm(path, { recursive: true })))
  },
)

function start(options: { graceSeconds?: number } = {}): Promise<Postgres> {
  return ensurePostgres({ dataFolder, durable: false, ...options })
}

async function stop(): Promise<void> {
  await disconnect()
  const running = await findServer(await data())
  if (running) await stopServer(await data(), running.pid)
}

function open(postgres: Postgres | undefined): Sql {
  const sql = connect(postgres?.url ?? '', 'test')
  connections.push(sql)
  return sql
}

async function disconnect(): Promise<void> {
  await Promise.all(connections.splice(0).map((sql) => sql.end({ timeout: 1 })))
}

async function data(): Promise<string> {
  return (await findPlace(dataFolder)).data
}

async function server(): Promise<Server> {
  return until('a server', 1, async () => findServer(await data()))
}

/** The process ids of the keepers. */
async function keepers(sql: Sql): Promise<number[]> {
  const rows = await sql<{ name: string }[]>`
    select application_name as name from pg_stat_activity where starts_with(application_name, ${keeperName})`
  return rows.map(({ name }) => Number(name.slice(keeperName.length)))
}

function untilKept(sql: Sql): Promise<number[]> {
  return until('a keeper', 10, async () => {
    const pids = await keepers(sql)
    return pids.length > 0 ? pids : undefined
  })
}

function untilStopped(): Promise<true> {
  return until('Postgres to stop', 10, async () => ((await findServer(await data())) ? undefined : true))
}

test('doctor tells a replica from a primary', async () => {
  const place = await findPlace(dataFolder)
  const { postgres } = await findBinaries(place.owner)
  const port = await freePort([], '127.0.0.1')
  const signal = join(place.data, 'standby.signal')
  await writeFile(signal, '')
  // A replica has as much room as its primary had, or does not start.
  const room = ['max_connections=200', 'max_prepared_transactions=10']
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...room]
  const args = ['-D', place.data, ...settings.flatMap((setting) => ['-c', setting])]
  const replica = spawn(postgres, args, { ...place.owner, cwd: place.data, stdio: 'ignore' })
  try {
    const env = { DATABASE_URL: urlOf(port) }
    const found = await until('the replica to answer', 20, async () => {
      const findings = await databaseFindings([], invocationOf({ env }))
      return findings.length > 1 ? findings.map(({ found }) => found) : undefined
    })
    expect(found).toContain('It is a replica')
  } finally {
    replica.kill('SIGINT')
    if (!hasExited(replica)) await once(replica, 'exit')
    await rm(signal)
  }
})
