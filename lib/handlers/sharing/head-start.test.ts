import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Signal } from '../../base/signal.ts'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { holdsLease } from '../../versions/lease/held.ts'
import { endLease } from '../../versions/lease/keep.ts'
import { allowLeases } from '../../versions/lease/refusal.ts'
import { readCacheVersions } from '../../versions/read.ts'
import { arrival } from './arrival.ts'
import { guessNextTime, type HeadStart, takeHeadStart } from './head-start.ts'
import { nothingOlderToShare } from './overtaken.ts'

// A wait for a load that never ends takes 5 s.
vi.setConfig({ testTimeout: 4000 })

const route = '/page'

let database: TestDatabase
/** The work of the next request, as Next would do it. */
let work: () => Promise<void>
const server = createServer(async (request, response) => {
  routed(request)
  await work()
  response.end()
})

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  // The first use begins to note arrivals.
  arrival()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
beforeEach(() => guessNextTime(route, true))
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await database.drop()
})

/** Notes the route on the request, as Next does. */
function routed(request: IncomingMessage): void {
  const match = { definition: { pathname: route } }
  Object.assign(request, { [Symbol.for('NextInternalRequestMeta')]: { match } })
}

async function ask(does: () => Promise<void>, method = 'GET'): Promise<void> {
  work = does
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { method })).arrayBuffer()
}

/** Returns the head start of a request that looks up the page at once. */
async function headStart(method?: string): Promise<HeadStart | undefined> {
  let found: HeadStart | undefined
  await ask(async () => {
    await nothingOlderToShare()
    found = takeHeadStart(arrival())
    found?.load.end()
  }, method)
  return found
}

test('the versions read ahead are those of the moment', async () => {
  await database.sql`update cache_versions set version = 'ahead123' where cache = 'bans'`
  expect(await (await headStart())?.versions).toMatchObject({ bans: 'ahead123' })
})

test('nothing is read ahead for a route whose page depended on no version', async () => {
  guessNextTime(route, false)
  expect(await headStart()).toBeUndefined()
})

test('nothing is read ahead of an action', async () => {
  expect(await headStart('POST')).toBeUndefined()
})

test('a request that comes after the versions were read ahead waits for that lookup', async () => {
  const [begun, held, came] = [new Signal(), new Signal(), new Signal()]
  const events: string[] = []
  const first = ask(async () => {
    await nothingOlderToShare()
    const ahead = takeHeadStart(arrival())
    begun.come()
    await held.promise
    events.push('looked up')
    ahead?.load.end()
  })
  await begun.promise
  const second = ask(async () => {
    const waiting = nothingOlderToShare()
    came.come()
    await waiting
    events.push('goes on')
  })
  await came.promise
  // Others have come and gone, so what could go on has gone on.
  for (let i = 0; i < 20; i++) await ask(async () => {})
  held.come()
  await Promise.all([first, second])
  expect(events).toEqual(['looked up', 'goes on'])
})

test('what nobody asks for at once has ended soon', async () => {
  const [begun, held] = [new Signal(), new Signal()]
  let found: HeadStart | undefined
  const first = ask(async () => {
    await nothingOlderToShare()
    begun.come()
    await held.promise
    found = takeHeadStart(arrival())
  })
  await begun.promise
  // It would wait for the other.
  await ask(async () => nothingOlderToShare())
  held.come()
  await first
  expect(found).toBeUndefined()
})

// The last, for from then on this process may hold leases.
test('nothing is read ahead while a lease answers', async () => {
  allowLeases()
  try {
    const isLeased = async () => {
      await readCacheVersions()
      return holdsLease()
    }
    await expect.poll(isLeased, { interval: 5 }).toBe(true)
    expect(await headStart()).toBeUndefined()
    await endLease()
    expect(await headStart()).toBeDefined()
  } finally {
    await endLease()
  }
})
