import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import type { Lifetime } from '../processes/lifetime.ts'
import { hasExited } from '../processes/process.ts'
import { type ProcessGroup, startGroup } from '../processes/process-group.ts'
import type { AppEnvironment } from './environment.ts'
import { signInPath } from './sign-in-path.ts'
import { printTable } from './table.ts'

/** Runs `next dev` or `next start` until it ends, and says where everything is as soon as it serves. */
export async function serve(
  command: 'dev' | 'start',
  port: number,
  environment: AppEnvironment,
  lifetime: Lifetime,
): Promise<never> {
  const next = startNext([command, '--port', String(port)], environment.variables)
  lifetime.atEnd(next.stop)
  if (await isServing(next, port)) {
    const origin = `http://localhost:${port}`
    printTable({
      App: origin,
      Admin: `${origin}${await signInPath()}`,
      Database: environment.database.label,
    })
  }
  return lifetime.end(await next.exited)
}

/** Starts Next itself, not through a package manager, which would hand on no signals. */
export function startNext(args: string[], env: NodeJS.ProcessEnv): ProcessGroup {
  const program = createRequire(import.meta.url).resolve('next/dist/bin/next')
  return startGroup(process.execPath, [program, ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** Tells whether Next answers, asking for 2 minutes unless it exits before. */
export async function isServing(next: ProcessGroup, port: number): Promise<boolean> {
  const deadline = performance.now() + 120_000
  while (!hasExited(next.process) && performance.now() < deadline) {
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

/** Returns the port that was asked for, or from 3000 up the first that nobody listens on. */
export async function appPort(wished: number | undefined): Promise<number> {
  if (wished === undefined) return freePort(Array.from({ length: 100 }, (_, i) => 3000 + i))
  if ((await freePort([wished])) === wished) return wished
  throw new Error(
    `[cache-versions] Port ${wished} is in use. Choose another with --port, or none to get a free one.`,
  )
}
