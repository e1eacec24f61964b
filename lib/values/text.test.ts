import { expect, test } from 'vitest'
import { readValue, writeValue } from './text.ts'

const shared = { a: 1 }
const cycle: Record<string, unknown> = {}
cycle.self = cycle

const asJson: [string, unknown][] = [
  ['null', null],
  ['a number', -1.5e300],
  ['half a character', 'a\ud800'],
  ['rows', [{ id: 1, tags: ['a', ''], deep: { ok: true, none: null } }, {}]],
  ['an object with a length', { length: 2 }],
]

const asMore: [string, unknown][] = [
  ['undefined', undefined],
  ['-0', -0],
  ['NaN', Number.NaN],
  ['bigint', 1n],
  ['undefined in an object', { a: undefined }],
  ['a hole', Object.assign(new Array(3), { 0: 1 })],
  ['Date', { at: new Date(0) }],
  ['Map', new Map([[1, new Set(['a'])]])],
  ['bytes', new Uint8Array([1, 2])],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ['one object twice', [shared, shared]],
  ['a cycle', cycle],
]

test.each([...asJson, ...asMore])('%s is read as it was written', (_, value) => {
  expect(readValue(writeValue('k', value))).toStrictEqual(value)
})

test('what occurs twice is still one thing', () => {
  const [one, two] = readValue<object[]>(writeValue('k', [shared, shared]))
  expect(one).toBe(two)
})

test.each(asJson)('%s is written as JSON', (_, value) => {
  expect(writeValue('k', value)).toBe(`j${JSON.stringify(value)}`)
})

test.each(asMore)('%s is not written as JSON', (_, value) => {
  expect(writeValue('k', value)).toMatch(/^[[-]/)
})

test.each([
  ['a function', () => {}],
  ['an instance', new (class Point {})()],
  ['an object with a method', { toJSON: () => 1 }],
])('%s is refused', (_, value) => {
  expect(() => writeValue('k', value)).toThrow('The value of "k" cannot be cached')
})
