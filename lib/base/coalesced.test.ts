import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Coalesced } from './coalesced.ts'

const steps = fc.array(fc.constantFrom('call', 'invalidate', 'fail next'), { maxLength: 12 })

test('in every order of events no caller gets a version from before its call, and one run is open at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), steps, async (scheduler, plan) => {
      let version = 0
      let open = 0
      let runs = 0
      let failsNext = false
      const read = new Coalesced(async () => {
        runs++
        const fails = failsNext
        failsNext = false
        expect(++open).toBe(1)
        try {
          await scheduler.schedule(Promise.resolve(), 'the question is on its way')
          const answer = version
          await scheduler.schedule(Promise.resolve(), 'the answer is on its way')
          if (fails) throw new Error('The read failed.')
          return answer
        } finally {
          open--
        }
      })

      const calls: Promise<void>[] = []
      const call = () => {
        const known = version
        calls.push(
          read.run().then(
            (answer) => expect(answer).toBeGreaterThanOrEqual(known),
            (error) => expect(error.message).toBe('The read failed.'),
          ),
        )
      }
      const { task } = scheduler.scheduleSequence(
        plan.map((step) => async () => {
          if (step === 'invalidate') version++
          else if (step === 'fail next') failsNext = true
          else call()
        }),
      )
      await scheduler.waitFor(task)
      await scheduler.waitFor(Promise.all(calls))
      expect(runs).toBeLessThanOrEqual(calls.length)
    }),
    { numRuns: 500 },
  )
})
