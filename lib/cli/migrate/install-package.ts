import type { TransactionSql } from 'postgres'
import { functionsSql, tablesSql } from '../package-sql.ts'

/** Makes the tables and the functions of the package, each where they are not there, and says which it made. */
export async function installPackage(tx: TransactionSql, dryRun: boolean): Promise<string[]> {
  const [there] = await tx<{ tables: boolean; functions: boolean }[]>`
    select to_regclass('cache_versions') is not null as tables,
      to_regproc('start_cache_versioning') is not null as functions`
  const made: string[] = []
  if (!there?.tables) {
    if (!dryRun) await tx.unsafe(tablesSql())
    made.push('the tables of next-cache-versions')
  }
  if (!there?.functions) {
    if (!dryRun) await tx.unsafe(functionsSql())
    made.push('the functions of next-cache-versions')
  }
  return made
}
