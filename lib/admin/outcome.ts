/** What an action of the admin page did, for the page that shows it. */
export type Outcome =
  | { readonly kind: 'invalidated'; readonly all: boolean; readonly changes: readonly VersionChange[] }
  | { readonly kind: 'failed' | 'signed-out'; readonly message: string }

interface VersionChange {
  readonly cache: string
  readonly from: string
  /** `null` when the cache was invalidated and the new version could not be read. */
  readonly to: string | null
}

/** The change of an action that named one cache. */
export function soleChange(outcome: Outcome): VersionChange | undefined {
  return outcome.kind === 'invalidated' && !outcome.all ? outcome.changes[0] : undefined
}

/** The outcome as a sentence. */
export function describeOutcome(outcome: Outcome): string {
  if (outcome.kind !== 'invalidated') return outcome.message
  const change = soleChange(outcome)
  if (change) return `${change.cache} was invalidated. Its new version could not be read.`
  const count = outcome.changes.length
  return count === 1 ? 'The only cache has a new version.' : `All ${count} caches have new versions.`
}
