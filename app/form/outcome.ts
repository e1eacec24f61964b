import type { CacheName, CacheVersions } from 'next-cache-versions'

/** The outcome of a sent form. */
export interface Outcome {
  readonly message: string
  /** The errors, by field. With errors nothing was changed. */
  readonly invalid?: Readonly<Record<string, string>>
  /** The typed texts, so that a refused form is not typed again. */
  readonly typed?: Readonly<Record<string, string>>
  /** The caches that the write has invalidated. */
  readonly invalidated?: readonly { cache: CacheName; before: string; after: string }[]
}

/** Returns the outcome of a write, with the versions that it changed: those before compared with those after. */
export function done(message: string, before: CacheVersions, after: CacheVersions): Outcome {
  const names = Object.keys(after).sort() as CacheName[]
  return {
    message,
    invalidated: names
      .filter((cache) => before[cache] !== after[cache])
      .map((cache) => ({ cache, before: before[cache], after: after[cache] })),
  }
}

/** Why one field is refused by what is in the database, as far as its own rules could not tell. */
export function refused(data: FormData, field: string, why: string): Outcome {
  return { message: 'Nothing was changed.', invalid: { [field]: why }, typed: typedIn(data) }
}

/** The text fields of a form, without Next's own. */
export function typedIn(data: FormData): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, given] of data) {
    if (typeof given === 'string' && !name.startsWith('$')) texts[name] = given
  }
  return texts
}
