import { databaseVariables } from '../../postgres/database-url.ts'
import { nearestName } from '../../versions/name.ts'
import { type Finding, findingsOf } from './finding.ts'

/** Every variable of the package that a person may set, or that `withCacheVersions` sets. */
export const settings: readonly string[] = [
  ...databaseVariables.filter((name) => name.startsWith('CACHE_VERSIONS_')),
  'CACHE_VERSIONS_ADMIN_TOKEN',
  'CACHE_VERSIONS_NAMESPACE',
  'CACHE_VERSIONS_CODE_VERSION',
  'CACHE_VERSIONS_REDIS_BUDGET_MS',
  'CACHE_VERSIONS_REDIS_MAX_REQUEST_BYTES',
  'CACHE_VERSIONS_SERVE_STALE_SECONDS',
  'CACHE_VERSIONS_MEMORY_BYTES',
  'CACHE_VERSIONS_DIST_DIR',
  'CACHE_VERSIONS_LEASES',
  'CACHE_VERSIONS_PAGES',
  'CACHE_VERSIONS_TAGS',
  'CACHE_VERSIONS_BUILT_ON',
  'CACHE_VERSIONS_ALLOW_UNTESTED_NEXT',
]

const { ok, warning, wrong } = findingsOf('Settings')

/** Names that look like the package's and are not. */
export function settingFindings(environment: NodeJS.Dict<string>): Finding[] {
  const unknown = Object.keys(environment).filter(
    (name) => /^CACHE_?VERSIONS?_/i.test(name) && !settings.includes(name),
  )
  if (unknown.length === 0) return [ok('No setting CACHE_VERSIONS_… is misspelt')]
  return unknown.map((name) => {
    const nearest = nearestName(name, settings)
    return nearest
      ? wrong(
          `${name} is no setting of this package`,
          'It has no effect, and the default is used.',
          `Rename it to ${nearest}.`,
        )
      : warning(`${name} is no setting of this package`, 'It has no effect here.', 'Remove or rename it.')
  })
}
