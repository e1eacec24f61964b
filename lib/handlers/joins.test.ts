import { expect, test } from 'vitest'
import { stamp } from '../core/stamp.ts'
import { now } from './clock.ts'
import { rememberVersions } from './history.ts'
import { mayBeJoined } from './joins.ts'
import { stamped } from './stamped.ts'

/** Reads a new version of the cache and gives the time after that. */
function change(cache: string, version: string): number {
  rememberVersions({ [cache]: version })
  return now()
}

test('what may have joined an overtaken load gets the version of that load', () => {
  const began = change('bans', 'old')
  const between = change('bans', 'new')
  const ended = mayBeJoined(['bans'], began)
  expect(stamped(['bans'], between)).toEqual(['bans', stamp('bans', 'old')])
  ended()
  expect(stamped(['bans'], between)).toEqual(['bans', stamp('bans', 'old')])
  expect(stamped(['bans'], now())).toEqual(['bans', stamp('bans', 'new')])
})

test('what joined a load that had joined an overtaken one gets the version of the first', () => {
  const began = change('chained', 'old')
  const second = change('chained', 'new')
  const endFirst = mayBeJoined(['chained'], began)
  const endSecond = mayBeJoined(['chained'], second)
  endFirst()
  const third = now()
  endSecond()
  expect(stamped(['chained'], third)).toEqual(['chained', stamp('chained', 'old')])
})

test('a load of another cache, or one that was not overtaken, changes nothing', () => {
  const began = change('quiet', 'same')
  mayBeJoined(['quiet'], began)()
  mayBeJoined(['other'], began)()
  expect(stamped(['quiet'], now())).toEqual(['quiet', stamp('quiet', 'same')])
})

test('of more overtaken loads than are kept, the oldest are taken for one', () => {
  const began = change('hot', 'first')
  const between = change('hot', 'second')
  for (let i = 0; i < 100; i++) mayBeJoined(['hot'], began)()
  expect(stamped(['hot'], between)).toEqual(['hot', stamp('hot', 'first')])
})
