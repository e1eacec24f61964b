import { runVerb } from 'next-cache-versions/cli'
import { databaseUrl } from '../postgres/database-url.ts'
import { project } from '../project.ts'

/** The files of verbs that are named in another way. */
const names: Partial<Record<string, string>> = {
  list: 'versions',
  start: 'start-versioning',
  stop: 'stop-versioning',
}

/**
 * Runs a verb of the package on this repository, with the arguments of this process. Where no database is configured it
 * gets the embedded one, started if need be.
 */
export async function runScript(verb: string): Promise<void> {
  process.exitCode = await runVerb([verb, ...process.argv.slice(2)], {
    cwd: project,
    command: (verb) => `pnpm tsx scripts/${names[verb] ?? verb}.ts`,
    fallbackDatabase: async () => (await databaseUrl()).url,
  })
}
