import type { Lifetime } from '../processes/lifetime.ts'
import type { AppEnvironment } from './environment.ts'
import { isServing, startNext } from './next.ts'
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
