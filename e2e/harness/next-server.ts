import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../scripts/free-port.ts'

/** A production server of one built app. */
export interface NextServer {
  readonly url: string
  /** The file that holds what it prints. */
  readonly log: string
  stop(): Promise<void>
}

interface ServerOptions {
  log: string
  env: Readonly<Record<string, string | undefined>>
}

const next = createRequire(import.meta.url).resolve('next/dist/bin/next')

/** Starts `next start` of a folder that has been built, and waits until it answers. */
export async function startNext(folder: string, options: ServerOptions): Promise<NextServer> {
  if (!existsSync(join(folder, '.next/BUILD_ID'))) {
    throw new Error(`[cache-versions] "${folder}" is not built. Run: pnpm test, which builds it first.`)
  }
  return await start([next, 'start', folder], options, 'SIGKILL')
}

/** Starts the standalone server of a folder that `next build` made, and waits until it answers. */
export async function startStandalone(folder: string, options: ServerOptions): Promise<NextServer> {
  return await start([join(folder, 'server.js')], options, 'SIGKILL')
}

/** Starts what `pnpm start` starts, and waits until it answers. */
export async function startApp(options: ServerOptions): Promise<NextServer> {
  // It stops Next, so it must be asked.
  return await start(['--import', 'tsx', 'scripts/start.ts'], options, 'SIGTERM')
}

async function start(
  args: readonly string[],
  { log, env }: ServerOptions,
  end: 'SIGKILL' | 'SIGTERM',
): Promise<NextServer> {
  const port = await freePort()
  const output = openSync(log, 'a')
  const child = spawn(process.execPath, [...args, '--port', String(port)], {
    // A standalone server takes no arguments.
    env: { ...process.env, ...env, PORT: String(port), HOSTNAME: 'localhost' },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const exited = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(end)
    await exited
  }
  const url = `http://localhost:${port}`
  const deadline = performance.now() + 60_000
  while (child.exitCode === null && performance.now() < deadline) {
    if (await answers(url)) return { url, log, stop }
    await delay(50)
  }
  await stop()
  throw new Error(`[cache-versions] ${args.join(' ')} did not answer at ${url}. Its output is in "${log}".`)
}

/** Next holds the request back until it is ready, and answers this one without rendering anything. */
async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/_next/static/ready`, { signal: AbortSignal.timeout(5000) }).then(
    () => true,
    () => false,
  )
}
