import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepareEnvironment } from './app/environment.ts'
import { appPort, serve } from './app/serve.ts'
import { portOption, readOptions, readPort } from './options.ts'
import { live } from './processes/lifetime.ts'
import { project } from './project.ts'

const usage = `Usage: pnpm start [--port <number>]

Serves what pnpm build has built, with the same database.

  -p, --port <number>  The port of the app (default: PORT, or 3000, or the next free one)
  -h, --help           Prints this

DATABASE_URL and CACHE_VERSIONS_ADMIN_TOKEN are read from the environment, .env.local or .env.`

const port = readPort(usage, readOptions(usage, portOption).values.port)

await live(async (lifetime) => {
  if (!existsSync(join(project, '.next/BUILD_ID'))) {
    throw new Error('[cache-versions] The app is not built. Build it with: pnpm build')
  }
  const environment = await prepareEnvironment(lifetime)
  await serve('start', await appPort(port), environment, lifetime)
})
