import { CacheVersionsError } from '../base/error.ts'
import { installedNext, supported, supportOf } from '../internals/supported.ts'
import { allowsUntestedNext } from './settings.ts'

const range = `${supported.from} or newer, below ${supported.below}`

/**
 * Refuses a Next on which the handlers could serve stale pages without an error.
 *
 * @throws CacheVersionsError `unsupported-next`
 */
export function refuseUnsupportedNext(version = installedNext(), mayBeUntested = allowsUntestedNext()): void {
  const support = supportOf(version)
  if (support === 'too old') {
    throw unsupportedNext(
      `Next ${version} serves stale pages with any cache handler.`,
      `Install Next ${range}.`,
    )
  }
  if (support === 'untested' && !mayBeUntested) {
    throw unsupportedNext(
      `Next ${version} has not been tested with this release of next-cache-versions.`,
      `Install Next ${range}, or a newer release of next-cache-versions; or set allowUntestedNext in withCacheVersions and run the tests of your app.`,
    )
  }
}

export function unsupportedNext(
  fact: string,
  remedy = `Install Next ${range}, or a newer release of next-cache-versions.`,
): CacheVersionsError {
  return new CacheVersionsError('unsupported-next', `${fact} ${remedy}`)
}
