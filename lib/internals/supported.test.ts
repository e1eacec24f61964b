import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { installedNext, supported, supportOf } from './supported.ts'

const cases = {
  '15.5.0': 'too old',
  '16.3.0': 'too old',
  '16.3.1-canary.4': 'too old',
  '16.3.1': 'supported',
  '16.3.10': 'supported',
  '16.4.6': 'supported',
  '16.4.0-canary.59': 'supported',
  '16.5.0-canary.1': 'untested',
  '16.5.0': 'untested',
  '16.10.0': 'untested',
  '17.0.0': 'untested',
}

for (const [version, support] of Object.entries(cases)) {
  test(`Next ${version} is ${support}`, () => expect(supportOf(version)).toBe(support))
}

test('the peer range is the range that is checked', () => {
  const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(peerDependencies.next).toBe(`>=${supported.from} <${supported.below}`)
})

test('the version is that of the installed Next', () => {
  expect(installedNext()).toBe(JSON.parse(readFileSync('node_modules/next/package.json', 'utf8')).version)
})
