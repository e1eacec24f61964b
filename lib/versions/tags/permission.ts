import { CacheVersionsError } from '../../base/error.ts'
import { postgresFailure } from '../../postgres/failure.ts'

/** The columns of the log that judge an entry by its tags. Those that name people are not among them. */
export const readColumns = [
  'id',
  'cache',
  'tag',
  'version',
  'previous_version',
  'expire_seconds',
  'invalidated_at',
]

/** Returns the error of a question to the log, with the remedy where the role may not ask it. */
export function logError(cause: unknown): unknown {
  if (postgresFailure(cause).code !== '42501') return cause
  return new CacheVersionsError(
    'not-permitted',
    `The role of this server may not read the log, by which entries are judged by their tags. Run as its owner: grant select (${readColumns.join(', ')}) on cache_invalidations to the role. Or leave tags to each server: withCacheVersions(config, { tags: 'local' })`,
    { cause },
  )
}
