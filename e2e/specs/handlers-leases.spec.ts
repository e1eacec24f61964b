import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql, startCluster } from '../harness/cluster.ts'
import { isLeased, isSilent, leaseOf } from '../harness/lease.ts'
import type { NextServer } from '../harness/next-server.ts'
import { values } from '../harness/page.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

// Two servers answer from memory, and one of them does not hear the writer.

/** A lease lasts for a second, and Postgres keeps its lock for a quarter longer; a busy machine takes its time. */
const longestWait = 1250 + 750

let cluster: Cluster
let server: NextServer
let other: NextServer
let count = 0

test.beforeAll(async ({ built }) => {
  test.setTimeout(180_000)
  cluster = await startCluster(await built(), { servers: 2 })
  ;[server, other] = cluster.servers as [NextServer, NextServer]
})
test.afterAll(() => cluster?.stop())
test.beforeEach(async () => {
  await Promise.all(
    [server, other].map(async (each) => {
      await values(each, '/versioned')
      await until(() => isLeased(each), 20_000)
    }),
  )
})

/** Writes a new value, and returns it and how long the writer has waited, in milliseconds. */
async function write(): Promise<{ value: string; waited: number }> {
  const value = `value-${++count}`
  const start = performance.now()
  await invalidateBySql(cluster, value)
  return { value, waited: performance.now() - start }
}

async function expectEverywhere(value: string): Promise<void> {
  for (const each of [server, other]) {
    for (const path of ['/versioned', '/plain', '/shell']) {
      for (const seen of await values(each, path)) expect(seen).toBe(value)
    }
  }
}

test('a server holds one lease, for its proxy, its handlers and its pages', async () => {
  for (const path of ['/versioned', '/plain', '/act']) await values(server, path)
  const holders = await cluster.sql<{ server: string }[]>`select server from cache_version_lease_holders()`
  const pids = await Promise.all([server, other].map(async (each) => (await leaseOf(each)).pid))
  for (const pid of pids)
    expect(holders.filter((holder) => holder.server.endsWith(`:${pid}`))).toHaveLength(1)
})

test('an UPDATE reaches every server that answers from memory, at the next request', async () => {
  const { value } = await write()
  await expectEverywhere(value)
  expect((await leaseOf(server)).recalls).toBeGreaterThan(0)
})

test('a frozen server keeps a writer waiting no longer than a lease lasts, and is fresh when it wakes', async () => {
  const { pid } = await leaseOf(other)
  process.kill(pid, 'SIGSTOP')
  try {
    const { value, waited } = await write()
    expect(waited).toBeLessThan(longestWait)
    for (const seen of await values(server, '/versioned')) expect(seen).toBe(value)
    const asked = values(other, '/versioned')
    process.kill(pid, 'SIGCONT')
    for (const seen of await asked) expect(seen).toBe(value)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})

test('so does one whose event loop is blocked', async () => {
  const blocked = leaseOf(other, { block: 2000 })
  await until(() => isSilent(other))
  const { value, waited } = await write()
  expect(waited).toBeLessThan(longestWait)
  const asked = values(other, '/versioned')
  for (const seen of await asked) expect(seen).toBe(value)
  await blocked
})

test('a server that is cut off keeps a writer waiting no longer, and serves nothing old', async () => {
  cluster.gate.freeze()
  const { value, waited } = await write()
  expect(waited).toBeLessThan(longestWait)
  const seen = await values(other, '/versioned').catch(() => [])
  for (const each of seen) expect(each).toBe(value)
  await cluster.gate.open()
  await expectEverywhere(value)
})

test('nor one whose connection is cut both ways', async () => {
  await cluster.gate.close()
  const { value, waited } = await write()
  expect(waited).toBeLessThan(longestWait)
  await cluster.gate.open()
  await expectEverywhere(value)
})

test('nor does one that is killed', async () => {
  const killed = await cluster.start()
  await until(() => isLeased(killed), 20_000)
  process.kill((await leaseOf(killed)).pid, 'SIGKILL')
  const { value, waited } = await write()
  expect(waited).toBeLessThan(longestWait)
  await expectEverywhere(value)
})

test('with leases off a server reads the versions at each request', async () => {
  const off = await cluster.start({ CACHE_VERSIONS_LEASES: 'off' })
  for (let i = 0; i < 20; i++) await leaseOf(off)
  expect(await leaseOf(off)).toMatchObject({ leases: 0, reads: 0 })
  const { value } = await write()
  for (const seen of await values(off, '/versioned')) expect(seen).toBe(value)
})
