import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** All that the package has in SQL: a fresh installation, and the steps from older ones. */
export interface PackageSql {
  /** The tables, as drizzle-kit writes them for the Drizzle schema of the package. */
  readonly tables: string
  readonly functions: string
  /** The version of the schema that these two make. */
  readonly version: number
  /** One for each version after the first. */
  readonly steps: readonly Step[]
}

/** The upgrade of the schema from one version to the next. */
export interface Step {
  readonly from: number
  readonly to: number
  /** Packages made for an older schema cannot invalidate after it. */
  readonly breaking: boolean
  readonly sql: string
}

// The package ships the files beside its source, which stands as deep as what is compiled from it.
const folder = fileURLToPath(new URL('../../lib/sql/', import.meta.url))

export function packageSql(): PackageSql {
  const functions = readFileSync(`${folder}functions.sql`, 'utf8')
  return {
    tables: readFileSync(`${folder}tables.sql`, 'utf8'),
    functions,
    version: versionIn(functions) ?? 0,
    steps: readSteps(`${folder}upgrades`),
  }
}

/** All that a fresh database needs. */
export function freshSql({ tables, functions }: PackageSql): string {
  return `${tables}${breakpoint}${functions}`
}

/** Reads the steps: files such as `1-2.sql`, the first line of each of which says whether it breaks older packages. */
export function readSteps(folder: string): Step[] {
  const steps = readdirSync(folder).flatMap((name) => {
    const [, from, to] = /^(\d+)-(\d+)\.sql$/.exec(name) ?? []
    if (from === undefined) return []
    const [mark = '', ...lines] = readFileSync(`${folder}/${name}`, 'utf8').split('\n')
    if (mark !== '-- breaking' && mark !== '-- not breaking') {
      throw new Error(`[cache-versions] ${name} begins with neither "-- breaking" nor "-- not breaking".`)
    }
    return {
      from: Number(from),
      to: Number(to),
      breaking: mark === '-- breaking',
      sql: lines.join('\n').trim(),
    }
  })
  return steps.sort((a, b) => a.from - b.from)
}

/** The statement that makes the function which tells the version. */
const versionFunction = /FUNCTION cache_versions_schema_version\(\)[^;]*?\bRETURN (\d+);/gi

/** Reads to which version SQL brings the schema; undefined where it makes no schema. */
export function versionIn(sql: string): number | undefined {
  const last = [...sql.matchAll(versionFunction)].at(-1)
  return last && Number(last[1])
}

/** Between two statements, as drizzle-kit separates them. To Postgres it is a comment. */
export const breakpoint = '\n--> statement-breakpoint\n'
