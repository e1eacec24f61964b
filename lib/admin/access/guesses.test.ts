import { beforeEach, expect, test } from 'vitest'
import { countWrongGuess, type Guesser, guesses, secondsUntilGuess } from './guesses.ts'

const one: Guesser = { address: '203.0.113.1' }

beforeEach(() => {
  guesses.clear()
})

/** Sends wrong tokens, each as soon as one is compared, for so many seconds; returns how many were. */
function guessFor(duration: number, guesser: (guess: number) => Guesser): number {
  let guesses = 0
  for (let second = 0; second < duration; second++) {
    for (let sent = 0; sent < 100 && secondsUntilGuess(guesser(guesses), second) === 0; sent++) {
      countWrongGuess(guesser(guesses), second)
      guesses++
    }
  }
  return guesses
}

test('five wrong tokens of one address are compared at once, then one in twelve seconds', () => {
  expect(guessFor(1, () => one)).toBe(5)
  expect(secondsUntilGuess(one, 1)).toBe(11)
  expect(secondsUntilGuess(one, 12)).toBe(0)
  expect(guessFor(3600, () => one) / 3600).toBeCloseTo(1 / 12, 2)
})

test('strangers of any number of addresses have twenty guesses at once, then one in three seconds', () => {
  const everyone = (guess: number) => ({ address: `2001:db8::${guess.toString(16)}` })
  expect(guessFor(1, everyone)).toBe(20)
  guesses.clear()
  expect(guessFor(3600, everyone)).toBeLessThanOrEqual(20 + 3600 / 3)
})

test('one stranger keeps out neither another address nor a browser that is known', () => {
  guessFor(58, () => one)
  expect(secondsUntilGuess(one, 58)).toBeGreaterThan(0)
  expect(secondsUntilGuess({ address: '203.0.113.2' }, 58)).toBe(0)
  expect(secondsUntilGuess({ browser: 'known' }, 58)).toBe(0)
})

test('strangers of a thousand addresses do not keep out a browser that is known', () => {
  guessFor(3600, (guess) => ({ address: `address ${guess}` }))
  expect(secondsUntilGuess({ address: 'another' }, 3599)).toBeGreaterThan(0)
  expect(secondsUntilGuess({ browser: 'known' }, 3599)).toBe(0)
})

test('a known browser has no more guesses than one stranger', () => {
  expect(guessFor(1, () => ({ browser: 'known' }))).toBe(5)
})

test('a stranger who was kept out is let in again three seconds after the last guess of strangers', () => {
  guessFor(600, (guess) => ({ address: `address ${guess}` }))
  expect(secondsUntilGuess({ address: 'the owner' }, 603)).toBe(0)
})
