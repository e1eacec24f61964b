import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

/** Whether the promise is settled once all that is ready to go on has gone on. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false
  promise.then(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

test('who waits for reads goes on after so many', async () => {
  const pace = new Pace()
  pace.count()
  const two = pace.after(2)
  pace.count()
  expect(await isSettled(two)).toBe(false)
  pace.count()
  expect(await isSettled(two)).toBe(true)
  expect(pace.ended).toBe(3)
})

test('nobody waits for reads that will not come', async () => {
  const pace = new Pace()
  const three = pace.after(3)
  pace.end()
  await three
  await pace.after(1)
})
