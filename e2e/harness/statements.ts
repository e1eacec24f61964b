import { readFile, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { environment } from './environment.ts'

/**
 * Returns the statements that the package sent to the database while the work ran, by default to that of the fixture
 * for requests, as Postgres wrote them to its log: counted at the server, not in the code.
 */
export async function statementsDuring(
  work: () => Promise<unknown>,
  databaseUrl = environment().requestsDatabase,
): Promise<string[]> {
  const { postgresLog } = environment()
  await flushed('before')
  const { size } = await stat(postgresLog)
  await work()
  const marker = await flushed('after')
  const log = (await readFile(postgresLog, 'utf8')).slice(size)
  return log
    .slice(0, log.indexOf(marker))
    .split('\n')
    .flatMap((line) => {
      const [, database, statement] =
        /^(.*)\|next-cache-versions\|LOG: {2}statement: (?:set local statement_timeout = \d+; )?(.*)$/.exec(
          line,
        ) ?? []
      return database === new URL(databaseUrl).pathname.slice(1) && statement ? [statement] : []
    })
}

/** Postgres writes its log in order, so when this statement is there all before it are. */
async function flushed(when: string): Promise<string> {
  const { postgresLog, requestsDatabase } = environment()
  const marker = `marker ${when} ${process.hrtime.bigint()}`
  const sql = postgres(requestsDatabase, { max: 1 })
  await sql.unsafe(`select '${marker}'`)
  await sql.end()
  const deadline = performance.now() + 5000
  while (!(await readFile(postgresLog, 'utf8')).includes(marker)) {
    if (performance.now() > deadline)
      throw new Error(`[cache-versions] "${postgresLog}" does not show "${marker}".`)
    await delay(10)
  }
  return marker
}
