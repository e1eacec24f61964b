import { expect, test } from 'vitest'
import { signHandover, verifyHandover } from './handover.ts'

const versions = { bans: 'k3j9x0Qz', settings: 'Hs81mPa0' }

test('what was signed here comes back', () => {
  expect(verifyHandover(signHandover(versions) ?? null)).toEqual(versions)
})

test.each([
  ['nothing', null],
  ['an empty header', ''],
  ['no signature', Buffer.from(JSON.stringify(versions)).toString('base64url')],
  ['a signature of its own', `${Buffer.from(JSON.stringify(versions)).toString('base64url')}.AAAA`],
  ['three parts', 'a.b.c'],
])('%s does not verify', (_, header) => {
  expect(verifyHandover(header)).toBeUndefined()
})

test('one changed letter does not verify', () => {
  const signed = signHandover(versions) ?? ''
  const changed = `${signed[0] === 'A' ? 'B' : 'A'}${signed.slice(1)}`
  expect(verifyHandover(changed)).toBeUndefined()
})

test('more versions than a header can carry are not handed over', () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`cache${i}`, 'k3j9x0Qz']))
  expect(signHandover(many)).toBeUndefined()
})
