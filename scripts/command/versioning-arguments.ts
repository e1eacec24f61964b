import { checkCacheName } from 'next-cache-versions'
import { type Registry, readRegistry, registryOption } from './registry.ts'
import { tableName } from './sql.ts'
import { UsageError } from './usage-error.ts'

export const versioningOptions = {
  'on-write': { type: 'string', multiple: true },
  ...registryOption,
} as const

export interface VersioningArguments {
  cache: string
  /** As Postgres spells them. */
  tables: readonly string[]
  registry: Registry
  isRegistered: boolean
}

export function versioningArguments(given: {
  values: { 'on-write'?: string[]; registry?: string }
  positionals: string[]
}): VersioningArguments {
  const [cache, ...others] = new Set(given.positionals)
  if (cache === undefined) throw new UsageError('No cache is named. Name one.')
  checkCacheName(cache)
  if (others.length > 0) {
    throw new UsageError('More than one cache is named. Name one: each has a migration of its own.')
  }
  const tables = [...new Set(given.values['on-write'] ?? [])].map(tableName)
  const registry = readRegistry(given.values.registry)
  return { cache, tables, registry, isRegistered: registry.names.includes(cache) }
}

/** The cache's name as a part of a file's name. */
export function slugOf(cache: string): string {
  return cache.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')
}

/** The options that name these tables on a command line. */
export function onWriteOptions(tables: readonly string[]): string {
  return tables.map((table) => `--on-write ${table.replaceAll('"', '')}`).join(' ')
}
