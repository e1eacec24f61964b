import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { readCacheVersions } from 'next-cache-versions'

interface LeaseServerOptions {
  readonly databaseUrl: string
  readonly leases: boolean
  /** How often it reads by itself, in milliseconds; otherwise only when it is asked over HTTP. */
  readonly every?: number
}

export interface LeaseServer {
  /** Answers each request with the current version of a cache. */
  readonly url: string
  stop(): Promise<void>
}

/** A thread does not take tsx over from its process. */
const start = `
  import('tsx/esm/api').then(({ register }) => {
    register()
    return import(${JSON.stringify(import.meta.url)})
  })`

/** Starts a server in a thread: it has its own globals, and so its own connections and its own lease. */
export async function startLeaseServer(options: LeaseServerOptions): Promise<LeaseServer> {
  const worker = new Worker(start, { eval: true, workerData: { leaseServer: options } })
  const [url] = await once(worker, 'message')
  return {
    url,
    async stop() {
      await worker.terminate()
    },
  }
}

async function serve({ databaseUrl, leases, every }: LeaseServerOptions): Promise<void> {
  process.env.DATABASE_URL = databaseUrl
  const { readCacheVersions } = await import('next-cache-versions')
  const { allowLeases } = await import('../../dist/versions/lease/refusal.js')
  const { forgetPauses } = await import('../../dist/versions/lease/pause.js')
  if (leases) allowLeases()
  if (every !== undefined) {
    setInterval(() => {
      // So that it holds a lease again soon after the last recall.
      forgetPauses()
      void readCacheVersions()
    }, every)
  }
  const server = createServer(async (_, response) => {
    response.end(versionOf(await readCacheVersions()))
  })
  server.listen(0, '127.0.0.1', () => {
    parentPort?.postMessage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  })
}

function versionOf(versions: Awaited<ReturnType<typeof readCacheVersions>>): string {
  return Object.values<string>(versions).join()
}

if (workerData?.leaseServer) await serve(workerData.leaseServer)
