import { expect, test } from 'vitest'
import { now } from '../../base/clock.ts'
import { isKnownCache, rememberVersions } from '../../versions/history.ts'
import { stamp } from '../../versions/stamp.ts'
import { stamped } from './stamped.ts'

test('an entry gets the version that was known when its load began', () => {
  const beforeAnything = now()
  rememberVersions({ bans: 'aaaaaaaa', settings: 'ssssssss' })
  const first = now()
  rememberVersions({ bans: 'bbbbbbbb', settings: 'ssssssss' })
  const second = now()

  expect(stamped(['bans', 'posts'], first)).toEqual(['bans', 'posts', stamp('bans', 'aaaaaaaa')])
  expect(stamped(['bans'], second)).toEqual(['bans', stamp('bans', 'bbbbbbbb')])
  expect(stamped(['settings'], second)).toEqual(['settings', stamp('settings', 'ssssssss')])
  expect(stamped(['bans'], beforeAnything)).toEqual(['bans'])
  expect(stamped(['bans'], undefined)).toEqual(['bans'])
})

test('a load that spans more changes than are kept gets no stamp', () => {
  rememberVersions({ hot: 'version0' })
  const began = now()
  for (let i = 1; i <= 40; i++) rememberVersions({ hot: `version${i}` })
  expect(stamped(['hot'], began)).toEqual(['hot'])
})

test('a cache is known once it has been read', () => {
  expect(isKnownCache('later')).toBe(false)
  rememberVersions({ later: 'llllllll' })
  expect(isKnownCache('later')).toBe(true)
})
