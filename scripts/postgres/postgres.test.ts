import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive } from '../processes/process.ts'
import { readClients } from './clients.ts'
import { connect, keeperName } from './connection.ts'
import { ensurePostgres, type Postgres } from './ensure-postgres.ts'
import { releasePostgres } from './release-postgres.ts'
import { removePostgres } from './remove-postgres.ts'
import { findServer, type Server } from './server.ts'
import { until } from './until.ts'

let dataFolder: string
let used: Postgres | undefined
const connections: Sql[] = []

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'postgres-'))
})

afterEach(async () => {
  await disconnect()
  if (used) await removePostgres(used)
  used = undefined
  await rm(dataFolder, { recursive: true, force: true })
})

test('starts, and a second call attaches to the same server', { timeout: 60_000 }, async () => {
  const first = await start()
  const sql = open(first)
  const [row] = await sql`select current_database() as database, current_user as user`
  expect(row).toEqual({ database: 'next_cache_versions', user: 'postgres' })

  expect(await start()).toEqual({ ...first, attached: true })
  expect(first.attached).toBe(false)
})

test('five that start at once share one server and one keeper', { timeout: 120_000 }, async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => start()))
  expect(new Set(all.map((one) => one.url)).size).toBe(1)

  const pids = await Promise.all(all.map((one) => open(one)`select pg_postmaster_start_time()::text as time`))
  expect(new Set(pids.map(([row]) => row?.time)).size).toBe(1)
  await until('one keeper', 20, async () => ((await keepers(all[0])).length === 1 ? true : undefined))
})

test('keeps data and port over a restart', { timeout: 60_000 }, async () => {
  const first = await start()
  await open(first)`create table kept as select 42 as answer`
  await disconnect()
  expect(await releasePostgres(first)).toBe('stopped')
  expect(await serverOf(first)).toBeUndefined()

  const second = await start()
  expect(second).toEqual(first)
  expect(await open(second)`select answer from kept`).toEqual([{ answer: 42 }])
})

test('takes another port when the one it had is in use', { timeout: 60_000 }, async () => {
  const first = await start()
  await releasePostgres(first)
  const squatter = createServer().listen(Number(new URL(first.url).port), '127.0.0.1')
  await once(squatter, 'listening')
  try {
    const second = await start()
    expect(second.url).not.toBe(first.url)
    expect(await open(second)`select 1 as one`).toEqual([{ one: 1 }])
  } finally {
    squatter.close()
  }
})

test('starts again after kill -9 of Postgres, with what was committed', { timeout: 60_000 }, async () => {
  const first = await start()
  await open(first)`create table kept as select 42 as answer`
  const server = await serverOf(first)
  process.kill(server?.pid ?? 0, 'SIGKILL')
  await disconnect()

  const second = await start()
  expect(await open(second)`select answer from kept`).toEqual([{ answer: 42 }])
  expect((await serverOf(second))?.pid).not.toBe(server?.pid)
})

test('gets a new keeper after kill -9 of the old one', { timeout: 60_000 }, async () => {
  const first = await start()
  open(first)
  const [keeper] = await untilKept(first)
  process.kill(keeper ?? 0, 'SIGKILL')
  await until('the keeper to be gone', 10, async () =>
    (await keepers(first)).length === 0 ? true : undefined,
  )

  expect(await start()).toEqual({ ...first, attached: true })
  const [successor] = await untilKept(first)
  expect(successor).not.toBe(keeper)
  await disconnect()
  await untilStopped(first)
})

test('starts again after kill -9 of both', { timeout: 60_000 }, async () => {
  const first = await start()
  open(first)
  const [keeper] = await untilKept(first)
  process.kill((await serverOf(first))?.pid ?? 0, 'SIGKILL')
  process.kill(keeper ?? 0, 'SIGKILL')
  await disconnect()

  expect(await open(await start())`select 1 as one`).toEqual([{ one: 1 }])
})

test('stops when nobody has been connected for the grace', { timeout: 60_000 }, async () => {
  await untilStopped(await start())
})

test('runs on while somebody is connected, and for no other reason', { timeout: 60_000 }, async () => {
  const first = await start()
  const sql = open(first)
  await sql`select 1`
  const [keeper] = await untilKept(first)
  expect(await releasePostgres(first)).toBe('in use')

  // Longer than the grace.
  await sql`select pg_sleep(2.5)`
  expect((await keepers(first))[0]).toBe(keeper)
  await disconnect()
  await untilStopped(first)
})

test('stops at once when its data folder is removed', { timeout: 60_000 }, async () => {
  const first = await start()
  open(first)
  await untilKept(first)
  const server = await serverOf(first)
  await rm(first.folder, { recursive: true })
  await until('Postgres to stop', 15, async () => (isAlive(server?.pid ?? 0) ? undefined : true))
})

test('does not take another program for the server of a stale file', { timeout: 60_000 }, async () => {
  const first = await start()
  await releasePostgres(first)
  const bystander = spawn('sleep', ['60'])
  try {
    const lines = [
      bystander.pid,
      join(first.folder, 'data'),
      0,
      new URL(first.url).port,
      '',
      '127.0.0.1',
      '',
      'ready',
    ]
    await writeFile(join(first.folder, 'data/postmaster.pid'), lines.join('\n'))
    const second = await start()
    expect(second).toEqual(first)
    expect(await open(second)`select 1 as one`).toEqual([{ one: 1 }])
  } finally {
    bystander.kill()
  }
})

test('removes the half of a cluster that a killed start left', { timeout: 60_000 }, async () => {
  const first = await start()
  await releasePostgres(first)
  await rm(join(first.folder, 'data'), { recursive: true })
  const killed = spawn('true')
  await once(killed, 'exit')
  await mkdir(join(first.folder, `data.${killed.pid}.abc`))
  await mkdir(join(first.folder, `data.${process.pid}.abc`))

  await start()
  const halves = (await readdir(first.folder)).filter((name) => name.startsWith('data.'))
  // That of a process that lives is being made.
  expect(halves).toEqual([`data.${process.pid}.abc`])
})

test('refuses data of another version of Postgres, with a remedy', { timeout: 60_000 }, async () => {
  const first = await start()
  await releasePostgres(first)
  await writeFile(join(first.folder, 'data/PG_VERSION'), '9\n')
  await expect(start()).rejects.toThrow(/is of Postgres 9, the installed one is \d+. Remove that folder/)
})

test('says where the reason is when Postgres does not start', { timeout: 60_000 }, async () => {
  const first = await start()
  await releasePostgres(first)
  await writeFile(join(first.folder, 'data/postgresql.conf'), 'no such setting')
  await expect(start()).rejects.toThrow(/keeper.log/)
  expect(await readFile(join(first.folder, 'keeper.log'), 'utf8')).toContain('postgres.log')
  expect(await readFile(join(first.folder, 'postgres.log'), 'utf8')).toContain('syntax error')
})

async function start(): Promise<Postgres> {
  used = await ensurePostgres({ dataFolder, durable: true, graceSeconds: 1 })
  return used
}

function open({ url }: Postgres): Sql {
  const sql = connect(url, 'test')
  connections.push(sql)
  return sql
}

async function disconnect(): Promise<void> {
  await Promise.all(connections.splice(0).map((sql) => sql.end({ timeout: 1 })))
}

function serverOf({ folder }: Postgres): Promise<Server | undefined> {
  return findServer(join(folder, 'data'))
}

async function keepers(postgres: Postgres | undefined): Promise<number[]> {
  const sql = connect(postgres?.url ?? '', `${keeperName}'s visitor`)
  try {
    return (await readClients(sql)).keepers
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function untilKept(postgres: Postgres): Promise<number[]> {
  return until('a keeper', 10, async () => {
    const pids = await keepers(postgres)
    return pids.length > 0 ? pids : undefined
  })
}

async function untilStopped(postgres: Postgres): Promise<void> {
  await until('Postgres to stop', 15, async () => ((await serverOf(postgres)) ? undefined : true))
}
