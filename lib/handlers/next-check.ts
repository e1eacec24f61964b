import { slot } from '../base/slot.ts'
import { copiesOfNext } from '../internals/copies.ts'
import { missingInNext } from '../internals/missing.ts'
import { installedNext } from '../internals/supported.ts'
import { refuseUnsupportedNext, unsupportedNext } from './supported-next.ts'

/**
 * Refuses a Next on which the handlers cannot judge what they serve. Next loads them before it serves anything, so
 * nothing stale gets out. It looks once a process.
 *
 * @throws CacheVersionsError `unsupported-next`
 */
export function refuseUnknownNext(): void {
  refuseUnsupportedNext()
  const { copies, missing } = slot('next', () => ({ copies: copiesOfNext(), missing: missingInNext() }))
  if (copies.length > 1) {
    throw unsupportedNext(
      `The app runs another copy of Next than the one this package imports: ${copies.join(', ')}.`,
      'Install one version of Next for both.',
    )
  }
  if (missing.length > 0) {
    throw unsupportedNext(
      `Next ${installedNext()} has changed what the cache handlers rely on: ${missing.join(', ')}.`,
    )
  }
}
