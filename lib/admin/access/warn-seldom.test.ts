import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { warnings, warnSeldom } from './warn-seldom.ts'

beforeEach(() => warnings.clear())
afterEach(() => vi.restoreAllMocks())

test('a burst is one line, and the next line a minute later counts what was not said', () => {
  const lines: string[] = []
  vi.spyOn(console, 'warn').mockImplementation((line) => void lines.push(line))
  for (let i = 0; i < 300; i++) warnSeldom('topic', (times) => `${times} of one topic`, i)
  warnSeldom('another', (times) => `${times} of another`, 300)
  warnSeldom('topic', (times) => `${times} of one topic`, 60_000)
  expect(lines).toEqual([
    '[cache-versions] 1 of one topic',
    '[cache-versions] 1 of another',
    '[cache-versions] 300 of one topic',
  ])
})
