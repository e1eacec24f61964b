import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** A `next start` of one folder. */
export interface NextServer {
  readonly url: string
  /** What it prints. */
  readonly log: string
  stop(): Promise<void>
}

const next = createRequire(import.meta.url).resolve('next/dist/bin/next')

/** Starts the production server of a folder that has been built, and waits until it answers. */
export async function startNext(
  folder: string,
  options: { log: string; env: Readonly<Record<string, string>> },
): Promise<NextServer> {
  if (!existsSync(join(folder, '.next/BUILD_ID'))) {
    throw new Error(`[cache-versions] "${folder}" is not built. Run: pnpm test, which builds it first.`)
  }
  const port = await freePort()
  const output = openSync(options.log, 'a')
  const child = spawn(process.execPath, [next, 'start', folder, '--port', String(port)], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const url = `http://localhost:${port}`
  await answers(child, url, options.log)
  return {
    url,
    log: options.log,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function answers(child: ChildProcess, url: string, log: string): Promise<void> {
  const deadline = performance.now() + 60_000
  while (child.exitCode === null && performance.now() < deadline) {
    // Next holds the request back until it is ready, and answers this one without rendering anything.
    const answer = await fetch(`${url}/_next/static/ready`, { signal: AbortSignal.timeout(5000) }).catch(
      () => null,
    )
    if (answer) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  child.kill('SIGKILL')
  throw new Error(`[cache-versions] next start did not answer at ${url}. Its output is in "${log}".`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string')
    throw new Error('[cache-versions] No free port was found.')
  return address.port
}
