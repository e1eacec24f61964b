import { checkCacheName } from '../versions/name.ts'
import { changeOptions } from './change.ts'
import { type CachesFile, readCachesFile } from './list/caches-file.ts'
import { tableName } from './sql-text.ts'
import { UsageError } from './usage-error.ts'
import type { Given, VerbOption } from './verb.ts'

/** The options of `start` and `stop`, of which `--on-write` means different things. */
export function versioningOptions<const About extends string>(onWrite: About) {
  return {
    'on-write': { type: 'string', multiple: true, value: 'TABLE', about: onWrite },
    'caches-file': {
      type: 'string',
      value: 'FILE',
      about: 'Where the names are listed (default: caches.ts in app, lib, db, server or src)',
    },
    ...changeOptions,
  } as const satisfies Record<string, VerbOption>
}

type VersioningOptions = ReturnType<typeof versioningOptions>

export interface VersioningArguments {
  readonly cache: string
  /** As Postgres spells them. */
  readonly tables: readonly string[]
  /** Undefined where no list was found, so that nobody can say what is versioned already. */
  readonly file: CachesFile | undefined
}

export function versioningArguments({
  values,
  operands,
  invocation,
}: Given<VersioningOptions>): VersioningArguments {
  const [cache, ...others] = new Set(operands)
  if (cache === undefined) throw new UsageError('No cache is named. Name one.')
  checkCacheName(cache)
  if (others.length > 0) {
    throw new UsageError('More than one cache is named. Name one: each has a migration of its own.')
  }
  const tables = [...new Set(values['on-write'] ?? [])].map(tableName)
  return { cache, tables, file: readCachesFile(invocation.cwd, values['caches-file']) }
}

/** The cache's name as a part of a file's name. */
export function slugOf(cache: string): string {
  return cache.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')
}

/** The options that name these tables on a command line. */
export function onWriteOptions(tables: readonly string[]): string {
  return tables.map((table) => `--on-write ${table.replaceAll('"', '')}`).join(' ')
}
