import type { Subject } from './subjects.ts'

export interface Timing {
  readonly medianMicroseconds: number
  readonly perSecond: number
}

/** Times hits by so many callers that each ask again when they are answered. */
export async function timeHits(
  subject: Subject,
  { callers, seconds }: { callers: number; seconds: number },
): Promise<Timing> {
  await subject.hit()
  return time(subject.hit, callers, seconds)
}

export function timeMisses(miss: () => Promise<unknown>, seconds: number): Promise<Timing> {
  return time(miss, 1, seconds)
}

async function time(ask: () => Promise<unknown>, callers: number, seconds: number): Promise<Timing> {
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
  times.sort((one, other) => one - other)
  return {
    medianMicroseconds: Math.round(1000 * (times[Math.floor(times.length / 2)] ?? 0)),
    perSecond: Math.round((1000 * times.length) / took),
  }
}
