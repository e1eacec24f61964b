import { expect, test } from 'vitest'
import { deadStamp, isCurrent, isStamp, mayBeVersioned, stamp, stampOf } from './stamp.ts'

const versions = { bans: 'aaaaaaaa', settings: 'bbbbbbbb' }

test('an entry is current when each of its stamps is the current version', () => {
  expect(isCurrent([stampOf(versions, 'bans'), stampOf(versions, 'settings')], versions)).toBe(true)
  expect(isCurrent([stampOf(versions, 'bans'), stamp('settings', 'cccccccc')], versions)).toBe(false)
})

test('an old stamp beside a current one makes the entry outdated', () => {
  expect(isCurrent(['bans', stampOf(versions, 'bans'), stamp('bans', 'cccccccc')], versions)).toBe(false)
})

test('a tag that names a cache needs a stamp', () => {
  expect(isCurrent(['bans'], versions)).toBe(false)
  expect(isCurrent(['bans', stampOf(versions, 'settings')], versions)).toBe(false)
  expect(isCurrent(['bans', stampOf(versions, 'bans')], versions)).toBe(true)
})

test('tags that name no cache decide nothing', () => {
  expect(isCurrent(['posts', '_N_T_/layout', 'toString', 'someone@hostname'], versions)).toBe(true)
})

test('a stamp of a cache that is no longer versioned is not current', () => {
  expect(isCurrent([stamp('gone', 'aaaaaaaa')], versions)).toBe(false)
})

test('a dead stamp is never current', () => {
  expect(isCurrent(['bans', stampOf(versions, 'bans'), deadStamp('bans')], versions)).toBe(false)
})

test('a version written by hand makes one tag in a list with commas', () => {
  const odd = { bans: 'a,b @é  ' }
  expect(stampOf(odd, 'bans')).toMatch(/^[!-+\--~]+$/)
  expect(isCurrent(['bans', stampOf(odd, 'bans')], odd)).toBe(true)
})

test('the tags of Next for paths cost no read, names and stamps do', () => {
  expect(mayBeVersioned(['_N_T_/layout', '_N_RP_lang'])).toBe(false)
  expect(mayBeVersioned(['_N_T_/layout', 'posts'])).toBe(true)
  expect(mayBeVersioned([stampOf(versions, 'bans')])).toBe(true)
  expect(isStamp('bans')).toBe(false)
})
