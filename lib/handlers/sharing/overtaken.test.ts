import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { readVersionsBeforeLoad } from '../verdict/current.ts'
import { arrival } from './arrival.ts'
import { nothingOlderToShare } from './overtaken.ts'
import { loadStored, PageLoad } from './page-loads.ts'

// A wait for a load that never ends takes 5 s.
vi.setConfig({ testTimeout: 4000 })

let database: TestDatabase
/** The work at each path, as the handlers would do it in a request. */
const work = new Map<string, (response: ServerResponse) => Promise<void>>()
const server = createServer(async (request, response) => {
  routed(request)
  await work.get(request.url ?? '')?.(response)
  response.end()
})

beforeAll(async () => {
  database = await createTestDatabase(['bans'])
  // The first use begins to note arrivals.
  arrival()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await database.drop()
})

/** Notes the route and its params on the request, as Next does: `/posts/42` is a path of `/posts/[id]`. */
function routed(request: IncomingMessage): void {
  const [, first, id] = (request.url ?? '').split('/')
  const match = { definition: { pathname: id ? `/${first}/[id]` : `/${first}` }, params: { id } }
  Object.assign(request, { [Symbol.for('NextInternalRequestMeta')]: { match } })
}

/** Something that a test waits for. */
function signal(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

async function ask(path: string, does: (response: ServerResponse) => Promise<void>): Promise<void> {
  work.set(path, does)
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)).arrayBuffer()
}

async function invalidate(): Promise<void> {
  await database.sql`update cache_versions set version = new_cache_version() where cache = 'bans'`
}

interface Load {
  /** Settles when the load has begun. */
  readonly begun: Promise<void>
  readonly answered: Promise<void>
  store(): void
  /** Stores it in the request that loads it. */
  storeItself(): void
  fail(): void
}

/** A request that loads its page, or another one of its route, until it is told how that ends. */
function load(path: string, { alone = false, page = path } = {}): Load {
  const { promise: told, resolve: storeItself } = signal()
  const { promise: held, resolve: answer } = signal()
  const { promise: begun, resolve: began } = signal()
  const answered = ask(path, async () => {
    const load = new PageLoad()
    load.lookUp(page)
    await readVersionsBeforeLoad()
    load.load({ alone })
    load.endWithAnswer()
    told.then(() => loadStored(page))
    began()
    await held
  })
  return { begun, answered, store: () => loadStored(page), storeItself, fail: () => answer() }
}

/** Returns the order of events of a request that waits for its turn, and of the work done in between. */
async function order(path: string, meanwhile: (came: Promise<void>) => Promise<void>): Promise<string[]> {
  const events: string[] = []
  const { promise: arrived, resolve: came } = signal()
  const turn = ask(path, async () => {
    const waited = nothingOlderToShare()
    came()
    await waited
    events.push('turn')
  })
  await meanwhile(arrived).then(() => events.push('meanwhile'))
  await turn
  return events
}

/** Other requests have come and gone, so what could go on has gone on. */
async function others(): Promise<void> {
  for (let i = 0; i < 20; i++) await ask(`/other${i}`, async () => {})
}

for (const [end, how] of [
  ['stored', 'store'],
  ['abandoned with its response', 'fail'],
] as const) {
  test(`a request waits until a load that was overtaken is ${end}`, async () => {
    const old = load('/loads')
    await old.begun
    await invalidate()
    const events = await order('/loads', async (arrived) => {
      await arrived
      await others()
      old[how]()
    })
    expect(events).toEqual(['meanwhile', 'turn'])
    old.fail()
    await old.answered
  })
}

for (const [what, asked, page, overtake] of [
  ['a load that shows the current versions', '/same', '/same', false],
  ['a page of another route', '/goes-on', '/another', true],
  ['another page of its route', '/posts/1', '/posts/2', true],
] as const) {
  test(`a request does not wait for ${what}`, async () => {
    const other = load(page)
    await other.begun
    if (overtake) await invalidate()
    await ask(asked, async () => nothingOlderToShare())
    other.fail()
    await other.answered
  })
}

test('a request waits for a shell that all paths of its route may share', async () => {
  const shell = load('/shells/1', { page: '/shells/[id]' })
  await shell.begun
  await invalidate()
  const events = await order('/shells/2', async (arrived) => {
    await arrived
    await others()
    shell.store()
  })
  expect(events).toEqual(['meanwhile', 'turn'])
  shell.fail()
  await shell.answered
})

test('a request waits for a lookup only until it has become a load', async () => {
  const { promise: held, resolve: begin } = signal()
  const { promise: looked, resolve: looking } = signal()
  const { promise: loading, resolve: answer } = signal()
  const first = ask('/looks-up', async () => {
    const load = new PageLoad()
    looking()
    await held
    await readVersionsBeforeLoad()
    load.load()
    load.endWithAnswer()
    await loading
  })
  await looked
  const events = await order('/looks-up', async (arrived) => {
    await arrived
    await others()
    begin()
  })
  expect(events).toEqual(['meanwhile', 'turn'])
  answer()
  await first
})

test('a request waits for 5 s at most', { timeout: 9000 }, async () => {
  const endless = load('/endless')
  await endless.begun
  await invalidate()
  await ask('/endless', async () => nothingOlderToShare())
  endless.fail()
  await endless.answered
})

test('a request does not wait for one that came after it', async () => {
  const { promise: came, resolve: come } = signal()
  const { promise: held, resolve: go } = signal()
  const first = ask('/first', async () => {
    come()
    await held
    await nothingOlderToShare()
  })
  await came
  const later = load('/first')
  await later.begun
  await invalidate()
  go()
  await first
  later.fail()
  await later.answered
})

for (const [stores, how, left] of [
  ['the other', 'store', 'the one made alone'],
  ['the one made alone', 'storeItself', 'the other'],
] as const) {
  test(`of two loads of one page, ${left} is waited for when ${stores} has been stored`, async () => {
    // Next renders a prefetch by itself, beside the load that others share.
    const alone = load('/twice', { alone: true })
    await alone.begun
    const shared = load('/twice')
    await shared.begun
    await invalidate()
    const [stored, waitedFor] = how === 'store' ? [shared, alone] : [alone, shared]
    const events = await order('/twice', async (arrived) => {
      await arrived
      stored[how]()
      await others()
      waitedFor.fail()
    })
    expect(events).toEqual(['meanwhile', 'turn'])
    stored.fail()
    await Promise.all([alone.answered, shared.answered])
  })
}

test('a load that fails after its request has been answered is not waited for', async () => {
  await ask('/answered', async (response) => {
    response.end()
    await once(response, 'finish')
    const load = new PageLoad()
    load.load()
    load.endWithAnswer()
  })
  await invalidate()
  await ask('/answered', async () => nothingOlderToShare())
})
