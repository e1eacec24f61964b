import { expect, test } from 'vitest'
import { pauseAfter } from './pause.ts'

test('the pause grows while leases are recalled at once, and ends with one that has lived', () => {
  const pauses = Array.from({ length: 12 }, () => pauseAfter(100))
  expect(pauses.slice(0, 4)).toEqual([20, 40, 80, 160])
  expect(pauses.at(-1)).toBe(5000)
  expect(pauseAfter(500)).toBe(10)
})
