import { readFile } from 'node:fs/promises'
import { breakpoint, type PackageSql, readSteps, versionIn } from '../sql/package-sql.ts'

/** The SQL of the first version, and of a package that has two versions more, the last of which is breaking. */
export async function laterSql(): Promise<{ first: PackageSql; second: PackageSql; third: PackageSql }> {
  const tables = await readFile('drizzle/migrations/0000_cache_versions.sql', 'utf8')
  const functions = await readFile('drizzle/migrations/0001_cache_versions_functions.sql', 'utf8')
  const first = { tables, functions, version: versionIn(functions) ?? 0, steps: [] }
  const [toSecond, toThird] = readSteps('lib/test/upgrades')
  if (!toSecond || !toThird) throw new Error('The steps are not there.')
  const second = {
    version: 2,
    steps: [toSecond],
    tables: changed(tables, [
      [/(CREATE TABLE "cache_versions" \([^;]*NOT NULL,\n)/, '$1\t"note" text,\n'],
      [
        /(CREATE TABLE "cache_invalidations" \([^;]*DEFAULT clock_timestamp\(\) NOT NULL,\n)/,
        '$1\t"note" text,\n',
      ],
    ]),
    functions: changed(functions, [
      [/(schema_version\(\).* RETURN) 1/, '$1 2'],
      [/\(cache\) SELECT cache FROM cache_versions/, '(cache, note) SELECT cache, note FROM cache_versions'],
    ]),
  }
  const third = {
    version: 3,
    steps: [toSecond, toThird],
    tables: second.tables,
    functions: changed(second.functions, [
      [/(schema_version\(\).* RETURN) 2/, '$1 3'],
      [/(breaking_version\(\).* RETURN) 1/, '$1 3'],
    ]).concat(breakpoint, toThird.sql),
  }
  return { first, second, third }
}

function changed(text: string, changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((before, [pattern, replacement]) => {
    const after = before.replace(pattern, replacement)
    if (after === before) throw new Error(`Nothing matches ${pattern}.`)
    return after
  }, text)
}
