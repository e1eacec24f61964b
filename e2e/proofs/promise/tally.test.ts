import { expect, test } from 'vitest'
import { outcomeOf } from './outcome.ts'
import { Tally } from './tally.ts'

const kind = 'a page'

function counts(tally: Tally) {
  return outcomeOf(tally, 1).byKind[kind]
}

test('a number below one that was acknowledged before the read began is old', () => {
  const tally = new Tally()
  tally.acknowledge('SQL', ['bans'], 5)
  tally.begin(kind, 2).end('<output>bans:4@17</output>')
  expect(counts(tally)).toMatchObject({ reads: 1, old: 1 })
  expect(outcomeOf(tally, 2).violations).toEqual([
    expect.stringContaining('a page of server 2 showed bans 4, for the first time; 5 had been written'),
  ])
  tally.begin(kind, 2).end('<output>bans:4@17</output>')
  expect(tally.violations[1]).toContain('showed bans 4, as it had before;')
})

test('a number below one that was acknowledged while the read was under way is not old', () => {
  const tally = new Tally()
  tally.acknowledge('SQL', ['bans'], 4)
  const read = tally.begin(kind, 1)
  tally.acknowledge('SQL', ['bans'], 5)
  read.end('bans:4@17')
  expect(counts(tally)).toEqual({ reads: 1, cached: 0, overlapping: 1, old: 0 })
})

test('each value of an answer is held against what was acknowledged of its own thing', () => {
  const tally = new Tally()
  tally.acknowledge('SQL', ['settings'], 9)
  tally.begin(kind, 1).end('bans:1@17 settings:9@18')
  expect(counts(tally)?.old).toBe(0)
  tally.begin(kind, 1).end('bans:1@19 settings:8@20')
  expect(counts(tally)?.old).toBe(1)
})

test('a later acknowledgement of a lower number takes nothing back', () => {
  const tally = new Tally()
  tally.acknowledge('SQL', ['bans'], 6)
  tally.acknowledge('a trigger', ['bans'], 5)
  tally.begin(kind, 1).end('bans:5@17')
  expect(counts(tally)?.old).toBe(1)
})

test('what the build left is old once anything has been written', () => {
  const tally = new Tally()
  tally.begin(kind, 1).end('<output>built</output>')
  expect(counts(tally)?.old).toBe(0)
  tally.acknowledge('SQL', ['bans'], 1)
  tally.begin(kind, 1).end('["output",{"children":"built"}]')
  expect(counts(tally)?.old).toBe(1)
})

test('the writer of a number must be shown it, acknowledged or not', () => {
  const tally = new Tally()
  tally.begin(kind, 1, { bans: 3 }).end('bans:2@17')
  expect(counts(tally)?.old).toBe(1)
})

test('a read is served from a cache if all it shows was shown before it began', () => {
  const tally = new Tally()
  const beside = tally.begin(kind, 1)
  tally.begin(kind, 1).end('bans:1@17')
  beside.end('bans:1@17')
  expect(counts(tally)?.cached).toBe(0)
  tally.begin(kind, 1).end('bans:1@17 bans:1@18')
  expect(counts(tally)?.cached).toBe(0)
  tally.begin(kind, 1).end('bans:1@17 bans:1@18')
  expect(counts(tally)?.cached).toBe(1)
})

test('a run that proves nothing is a failure', () => {
  const tally = new Tally()
  tally.expectWrites('SQL')
  tally.begin(kind, 1).end('bans:1@17')
  expect(outcomeOf(tally, 1).failures).toEqual([
    expect.stringContaining('came out of a cache'),
    expect.stringContaining('overlapped a write'),
    expect.stringContaining('a page never came out of a cache'),
    expect.stringContaining('SQL wrote nothing'),
  ])
})

test('an answer without a value is a failure, and so is a request that fails', () => {
  const tally = new Tally()
  tally.begin(kind, 1).end('<p>loading</p>')
  tally.begin(kind, 1).fail(new Error('fetch failed', { cause: new Error('read ECONNRESET') }))
  expect(tally.failures).toEqual([
    'a page of server 1 showed no value.',
    'a page of server 1 failed: fetch failed: read ECONNRESET',
  ])
  expect(tally.pace.ended).toBe(2)
})
