import { median } from './load.ts'

export interface Timing {
  readonly medianMicroseconds: number
  readonly perSecond: number
}

/** Times what so many callers ask for, each asking again when it is answered. */
export async function time(
  ask: () => Promise<unknown>,
  { callers, seconds }: { callers: number; seconds: number },
): Promise<Timing> {
  const times: number[] = []
  const began = performance.now()
  const end = began + seconds * 1000
  const call = async () => {
    for (let start = performance.now(); start < end; start = performance.now()) {
      await ask()
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  const took = performance.now() - began
  return {
    medianMicroseconds: Math.round(1000 * median(times)),
    perSecond: Math.round((1000 * times.length) / took),
  }
}

/** How many times as long as the other the one takes, each call of the one between two of the other. */
export async function timeRatio(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  seconds: number,
): Promise<number> {
  const times: [number[], number[]] = [[], []]
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    const start = performance.now()
    await one()
    const between = performance.now()
    await other()
    times[0].push(between - start)
    times[1].push(performance.now() - between)
  }
  return median(times[0]) / median(times[1])
}
