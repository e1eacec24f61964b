import { prepareEnvironment } from './app/environment.ts'
import { compileLibrary, libraryIsCompiled, watchLibrary } from './app/library.ts'
import { findDevServer } from './app/running-dev-server.ts'
import { appPort, serve } from './app/serve.ts'
import { printTable } from './app/table.ts'
import { portOption, readOptions, readPort } from './options.ts'
import { live } from './processes/lifetime.ts'

const usage = `Usage: pnpm dev [--port <number>]

Runs the demo with all it needs: compiles lib/ at each change, starts a Postgres in
.data/postgres unless DATABASE_URL is set, migrates and seeds it, and starts Next.

  -p, --port <number>  The port of the app (default: PORT, or 3000, or the next free one)
  -h, --help           Prints this

DATABASE_URL and CACHE_VERSIONS_ADMIN_TOKEN are read from the environment, .env.local or .env.`

const port = readPort(usage, readOptions(usage, portOption).values.port)

await live(async (lifetime) => {
  const running = await findDevServer()
  if (running) {
    console.log('[cache-versions] The dev server of this folder is running already.')
    printTable({ App: running.appUrl, 'Stop it': `kill ${running.pid}` })
    // Whoever asked for a port of its own does not have what it asked for.
    return lifetime.end(port && !running.appUrl.endsWith(`:${port}`) ? 1 : 0)
  }

  const compiler = compileLibrary()
  lifetime.atEnd(compiler.stop)
  await compiler.exited
  // With errors in it, it may still be good enough to work on.
  if (!libraryIsCompiled()) {
    throw new Error('[cache-versions] lib/ was not compiled to dist/. Correct what TypeScript says above.')
  }
  const environment = await prepareEnvironment(lifetime)
  lifetime.atEnd(watchLibrary().stop)
  await serve('dev', await appPort(port), environment, lifetime)
})
