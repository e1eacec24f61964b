import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { type ProcessGroup, startGroup } from '../processes/process-group.ts'

/** Starts Next itself, not through a package manager, which would hand on no signals. */
export function startNext(args: string[], env: NodeJS.ProcessEnv): ProcessGroup {
  const program = createRequire(import.meta.url).resolve('next/dist/bin/next')
  return startGroup([program, ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** Tells whether Next answers, asking for 2 minutes unless it exits before. */
export async function isServing(next: ProcessGroup, port: number): Promise<boolean> {
  let exited = false
  void next.exited.then(() => {
    exited = true
  })
  const deadline = performance.now() + 120_000
  while (!exited && performance.now() < deadline) {
    if (await answers(port)) return true
    await delay(100)
  }
  return false
}

/** Next holds requests back until it is ready, and answers this one without rendering anything. */
async function answers(port: number): Promise<boolean> {
  return fetch(`http://localhost:${port}/_next/static/ready`, { signal: AbortSignal.timeout(10_000) }).then(
    () => true,
    () => false,
  )
}
