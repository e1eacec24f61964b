import type { TagName } from '../../internals/path-tags.ts'
import { counted } from './counted.ts'

/** The outcome of an action, for the page. */
export type Outcome =
  | { readonly kind: 'invalidated'; readonly change: VersionChange }
  | { readonly kind: 'all-invalidated'; readonly count: number }
  | { readonly kind: 'tag-invalidated'; readonly tag: TagName }
  | { readonly kind: 'failed' | 'signed-out'; readonly message: string }

interface VersionChange {
  readonly cache: string
  readonly from: string
  /** `null` when the cache was invalidated and the new version could not be read. */
  readonly to: string | null
}

export function isDone(outcome: Outcome): boolean {
  return outcome.kind !== 'failed' && outcome.kind !== 'signed-out'
}

/** The outcome as a sentence. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'invalidated':
      return `${outcome.change.cache} was invalidated. Its new version could not be read.`
    case 'all-invalidated':
      return outcome.count === 1
        ? 'The only cache has a new version.'
        : `All ${counted(outcome.count)} have new versions.`
    case 'tag-invalidated':
      return outcome.tag.kind === 'all tags'
        ? 'All tags and paths were invalidated.'
        : `The ${outcome.tag.kind} “${outcome.tag.name}” was invalidated.`
    default:
      return outcome.message
  }
}
