import type { Page } from '../../internals/page-tags.ts'
import { postponedTags, withoutEntries } from '../../internals/postponed.ts'
import { type Judge, verdictBy } from '../verdict/judge.ts'

interface Shell {
  /** The tags of each entry in the shell; `undefined` for an entry without tags. */
  readonly entryTags: readonly (readonly string[] | undefined)[]
  /** The last verdict on the entries, and the state that was served for it. */
  served?: { readonly verdict: string; readonly postponed: string }
}

/** Parsed once a page: Next's own handler returns the same object while the page is in memory. */
const shells = new WeakMap<Page, Shell>()

/** Returns the lists of tags to judge before the shell is served. */
export function shellTags(page: Page): (readonly string[])[] {
  return shellOf(page)?.entryTags.filter((tags) => tags !== undefined) ?? []
}

/**
 * Returns the page without the stale entries of its shell. In stock Next the fallback shell of a `[param]` route
 * carries entries of a sibling page, which are missing from its own tags, and serves them to each new path.
 */
export function withCurrentShell<P extends Page>(page: P, judge: Judge): P {
  const shell = shellOf(page)
  if (!shell || !('postponed' in page) || page.postponed === undefined) return page
  // Next revalidates none of them, so a stale one would be served for ever.
  const mayStay = (tags: readonly string[] | undefined) =>
    tags !== undefined && verdictBy(judge, tags) === 'current'
  const verdicts = shell.entryTags.map(mayStay)
  if (!verdicts.includes(false)) return page

  const verdict = verdicts.join()
  if (shell.served?.verdict !== verdict) {
    shell.served = { verdict, postponed: withoutEntries(page.postponed, mayStay) }
  }
  return { ...page, postponed: shell.served.postponed }
}

function shellOf(page: Page): Shell | undefined {
  if (!('postponed' in page) || page.postponed === undefined) return undefined
  let shell = shells.get(page)
  if (!shell) {
    shell = { entryTags: postponedTags(page.postponed) }
    shells.set(page, shell)
  }
  return shell
}
