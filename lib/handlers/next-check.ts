import { slot } from '../base/slot.ts'
import { copiesOfNext } from '../internals/copies.ts'
import { missingInNext } from '../internals/missing.ts'
import { installedNext } from '../internals/supported.ts'
import { refuseUnsupportedNext, unsupportedNext } from './supported-next.ts'

/**
 * Refuses a Next on which the handlers cannot judge what they serve. Next loads them before it serves anything, so
 * nothing stale gets out. It looks once a process, for Next makes a handler for each request.
 *
 * @throws CacheVersionsError `unsupported-next`
 */
export function refuseUnknownNext(): void {
  const { refusal } = slot('next', () => ({ refusal: reasonToRefuse() }))
  if (refusal) throw refusal
}

function reasonToRefuse(): unknown {
  try {
    refuseUnsupportedNext()
  } catch (error) {
    return error
  }
  const copies = copiesOfNext()
  if (copies.length > 1) {
    return unsupportedNext(
      `The app runs another copy of Next than the one this package imports: ${copies.join(', ')}.`,
      'Install one version of Next for both.',
    )
  }
  const missing = missingInNext()
  if (missing.length === 0) return undefined
  return unsupportedNext(
    `Next ${installedNext()} has changed what the cache handlers rely on: ${missing.join(', ')}.`,
  )
}
