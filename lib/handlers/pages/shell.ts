import type { Page } from '../../internals/page-tags.ts'
import { postponedTags, withoutEntries } from '../../internals/postponed.ts'
import { type Judge, passes } from '../verdict/judge.ts'

interface Shell {
  /** The tags of each entry that the shell brings along; `undefined` for an entry that does not say them. */
  readonly entryTags: readonly (readonly string[] | undefined)[]
  /** Which entries could stay when it was last served, and what was served then. */
  served?: { readonly verdict: string; readonly postponed: string }
}

/** Parsed once a page: Next's own handler gives the same object while the page is in memory. */
const shells = new WeakMap<Page, Shell>()

/** The lists of tags to judge before the shell is served. */
export function shellTags(page: Page): (readonly string[])[] {
  return shellOf(page)?.entryTags.filter((tags) => tags !== undefined) ?? []
}

/**
 * The page without those entries of its shell that may not be served. In stock Next the fallback shell of a `[param]`
 * route carries entries of a sibling page, which its own tags do not tell of, and serves them to each new path.
 */
export function withCurrentShell<P extends Page>(page: P, mayServe: Judge): P {
  const shell = shellOf(page)
  if (!shell || !('postponed' in page) || page.postponed === undefined) return page
  const mayStay = (tags: readonly string[] | undefined) => tags !== undefined && passes(mayServe, tags)
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
