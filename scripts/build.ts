import { prepareEnvironment } from './app/environment.ts'
import { compileLibrary } from './app/library.ts'
import { startNext } from './app/serve.ts'
import { readOptions } from './options.ts'
import { live } from './processes/lifetime.ts'

const usage = `Usage: pnpm build

Compiles lib/ to dist/, migrates and seeds the database, and builds the app with it.

  -h, --help  Prints this

DATABASE_URL is read from the environment, .env.local or .env; without it a Postgres is
started in .data/postgres for the time of the build.`

readOptions(usage, {})

await live(async (lifetime) => {
  const compiler = compileLibrary()
  lifetime.atEnd(compiler.stop)
  if ((await compiler.exited) !== 0) {
    throw new Error('[cache-versions] lib/ does not compile. Correct what TypeScript says above.')
  }
  const { variables } = await prepareEnvironment(lifetime)
  const next = startNext(['build'], variables)
  lifetime.atEnd(next.stop)
  await lifetime.end(await next.exited)
})
