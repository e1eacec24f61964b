import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/database.ts'
import { waiting } from './patience.ts'
import { readCacheVersions } from './read.ts'

// A request may wait for 2 s in all.
vi.setConfig({ testTimeout: 3500 })

let database: TestDatabase
/** Takes connections and never answers, as a Postgres that is frozen. */
const silent = createServer((socket) => {
  if (isFrozen) sockets.push(socket)
  else socket.destroy()
})
const sockets: Socket[] = []
let isFrozen = false

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
})
afterAll(async () => {
  silent.close()
  await database.drop()
})
afterEach(() => {
  delete waiting.currentRequest
  recover()
})

function serve(request: object): void {
  waiting.currentRequest = () => request
}

function freeze(): void {
  isFrozen = true
  process.env.DATABASE_URL = `postgres://127.0.0.1:${(silent.address() as AddressInfo).port}/forum`
}

function recover(): void {
  isFrozen = false
  for (const socket of sockets.splice(0)) socket.destroy()
  process.env.DATABASE_URL = database.url
}

test('the reads of one request wait as long as one, one after the other', async () => {
  serve({})
  freeze()
  for (const _ of ['proxy', 'handler', 'page']) {
    await expect(readCacheVersions()).rejects.toMatchObject({ code: 'database-timeout' })
  }
})

test('a request that has waited in vain reads again as soon as any read succeeds', {
  timeout: 10_000,
}, async () => {
  const request = {}
  serve(request)
  freeze()
  await expect(readCacheVersions()).rejects.toMatchObject({ code: 'database-timeout' })
  recover()
  // Reads that began before may still be on their way to nowhere.
  const succeeds = () => {
    serve({})
    return readCacheVersions().then(
      () => true,
      () => false,
    )
  }
  await expect.poll(succeeds).toBe(true)
  serve(request)
  expect(await readCacheVersions()).toHaveProperty('bans')
})
