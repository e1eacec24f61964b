import { expect, test } from 'vitest'
import type { Rules } from './rules.ts'
import { search } from './search.ts'
import type { Size } from './state.ts'

const small = { servers: 1, writers: 2, cuts: 0, restarts: 0 }

test('two servers and two writers hold the invariants, with a cut and a restart at any moment', () => {
  const { states, violation, trace } = search({ servers: 2, writers: 2, cuts: 1, restarts: 1 })
  expect({ violation, trace }).toEqual({ violation: undefined, trace: [] })
  // A model in which nothing happens would hold them as well.
  expect(states).toBeGreaterThan(40_000)
})

test('without the savepoint a cancel lets the writer go before the server has heard of it', () => {
  expect(search(small, { savepoint: false })).toMatchObject({
    violation: 'a server answers with an old version',
    trace: [
      'server 1 asks for a lease, and for the sleep',
      'session 1 takes the lock, reads and answers',
      'server 1 hears "held" and answers from memory',
      'session 1 sleeps',
      'writer 1 wants to change a version',
      'session 1 is cancelled outside of the sleep and loses the lock',
      'writer 1 takes the lock and changes a version',
      'writer 1 commits',
    ],
  })
})

const old = 'a server answers with an old version'
const late = 'a writer waits for too long'

// The trace that an ended session leaves would make up for some of the others.
test.each<[rule: string, without: Partial<Rules>, violation: string, size?: Partial<Size>]>([
  ['the lease is dropped before ROLLBACK is sent', { dropFirst: false }, old],
  ['Postgres is as patient as a lease is long', { patientTimeout: false, trace: false }, old],
  ['a lease is counted from the sending', { countFromSending: false, trace: false }, old],
  ['the clock is read at each use', { clockAtUse: false, trace: false }, old],
  ['a server asks for each lease anew', { askAnew: false, trace: false }, old],
  ['the sleep counts its steps', { sleepInSteps: false, trace: false }, old],
  ['the versions are read after the lock is taken', { lockFirst: false }, old],
  ['everybody waits after a restart', { waitAfterStart: false }, old, { restarts: 1 }],
  ['a session that is cut off leaves a trace', { trace: false }, old, { cuts: 1 }],
  ['a server never waits for the lock', { nowait: false }, late],
  ['no lease is granted while a writer waits', { writersFirst: false }, late, { servers: 2, writers: 1 }],
  ['a writer counts how long it has waited', { ownWait: false }, late],
])('the model finds what happens without the rule that %s', (_, without, violation, size) => {
  const found = search({ ...small, ...size }, without)
  expect(found.violation, found.trace.join('\n')).toBe(violation)
})
