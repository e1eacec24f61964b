import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepareEnvironment } from './app/environment.ts'
import { appPort, isServing, startNext } from './app/serve.ts'
import { signInPath } from './app/sign-in-path.ts'
import { printTable } from './app/table.ts'
import { startBalancer } from './cluster/balancer.ts'
import { freePort } from './free-port.ts'
import { portOption, readNumber, readOptions, readPort } from './options.ts'
import { type Lifetime, live } from './processes/lifetime.ts'
import { project } from './project.ts'
import { startRedis } from './redis/redis.ts'
import { startRest } from './redis/rest.ts'

const usage = `Usage: pnpm cluster [--port <number>] [--servers <number>] [--rest]

Serves what pnpm build has built from several servers behind a proxy, with one Postgres and one Redis: what
compose.yaml runs in containers, as plain processes. Uses DATABASE_URL and REDIS_URL when they are set.

  -p, --port <number>     The port of the proxy (default: PORT, or 3000, or the next free one)
      --servers <number>  How many servers (default: 2)
      --rest              Reaches Redis over Upstash's REST protocol
  -h, --help              Prints this
`

async function cluster(
  lifetime: Lifetime,
  options: { port: number | undefined; servers: number; rest: boolean },
): Promise<void> {
  if (!existsSync(join(project, '.next/BUILD_ID'))) {
    throw new Error('[cache-versions] The app is not built. Build it with: pnpm build')
  }
  const environment = await prepareEnvironment(lifetime)
  const redis = await startRedis()
  lifetime.atEnd(redis.stop)
  const store = options.rest ? await serveRest(lifetime, redis.url) : { REDIS_URL: redis.url }

  const ports: number[] = []
  while (ports.length < options.servers) ports.push(await freePort())
  const servers = ports.map((port) =>
    startNext(['start', '--port', String(port)], { ...environment.variables, ...store }),
  )
  for (const server of servers) lifetime.atEnd(server.stop)
  const serving = await Promise.all(servers.map((server, i) => isServing(server, ports[i] ?? 0)))
  if (serving.includes(false)) {
    throw new Error('[cache-versions] A server of the cluster did not start. Its output above says why.')
  }

  const port = await appPort(options.port)
  const balancer = await startBalancer(port, ports)
  lifetime.atEnd(balancer.stop)
  const origin = `http://localhost:${port}`
  printTable({
    App: origin,
    Admin: `${origin}${await signInPath()}`,
    Servers: ports.map((port) => `http://localhost:${port}`).join(' '),
    Database: environment.database.label,
    Values: options.rest ? `${redis.label} over REST` : redis.label,
  })
  let interrupted = false
  lifetime.atEnd(async () => {
    interrupted = true
  })
  // One that ends by itself is a failure: the others would hide it.
  const code = await Promise.race(servers.map((server) => server.exited))
  if (!interrupted)
    console.error('[cache-versions] A server of the cluster has ended. The others are stopped.')
  await lifetime.end(code || 1)
}

async function serveRest(lifetime: Lifetime, redisUrl: string): Promise<Record<string, string>> {
  const token = `cluster-${process.pid}`
  const rest = await startRest({ redisUrl, token })
  lifetime.atEnd(rest.stop)
  return { UPSTASH_REDIS_REST_URL: rest.url, UPSTASH_REDIS_REST_TOKEN: token }
}

const { values } = readOptions(usage, {
  ...portOption,
  servers: { type: 'string' },
  rest: { type: 'boolean', default: false },
})
const options = {
  port: readPort(usage, values.port),
  servers: readNumber(usage, 'servers', values.servers) ?? 2,
  rest: values.rest,
}
await live((lifetime) => cluster(lifetime, options))
