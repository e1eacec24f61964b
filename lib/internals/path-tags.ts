import { isDynamicRoute } from 'next/dist/shared/lib/router/utils/is-dynamic.js'
import { CacheVersionsError } from '../base/error.ts'
import { headerSafe } from '../base/header-safe.ts'

/** `NEXT_CACHE_IMPLICIT_TAG_ID` (`lib/constants.js`): every page carries its path and its routes behind it, as tags. */
const prefixOfTags = '_N_T_'

/** `NEXT_CACHE_SOFT_TAG_MAX_LENGTH`. */
const maxLength = 1024

/** The file of a route for which a tag stands, instead of for a path that a browser asks for. */
export type RouteFile = 'page' | 'layout'

/**
 * Returns the tags of a path, or of the `page` or `layout` of a route, as `revalidatePath` makes them
 * (`server/web/spec-extension/revalidate.js`). Without it a path that a script invalidates is no path of Next's.
 * With `prefix` it is the beginning of all tags of paths that begin so.
 *
 * @throws CacheVersionsError `invalid-name` for a path that no page can carry, which Next ignores or warns of.
 */
export function pathTags(path: string, file?: RouteFile, { prefix = false } = {}): string[] {
  const problem = problemOf(path, file, prefix)
  if (problem) {
    throw new CacheVersionsError('invalid-name', `${printable(path)} stands for no page. ${problem}`)
  }
  if (prefix) return [`${prefixOfTags}${headerSafe(path)}`]
  const trimmed = headerSafe(path.replace(/\/$/, '') || '/')
  const tag = `${prefixOfTags}${trimmed}${file ? `${trimmed.endsWith('/') ? '' : '/'}${file}` : ''}`
  // The root has two names.
  if (tag === `${prefixOfTags}/`) return [tag, `${prefixOfTags}/index`]
  return tag === `${prefixOfTags}/index` ? [tag, `${prefixOfTags}/`] : [tag]
}

/** The same for a path as a person types it, where a `*` at the end stands for any end, as in SQL. */
export function typedPathTags(path: string, file?: RouteFile): string[] {
  if (!path.endsWith('*')) return pathTags(path, file)
  return pathTags(path.slice(0, -1), file, { prefix: true }).map((tag) => `${tag}*`)
}

function problemOf(path: string, file: RouteFile | undefined, prefix: boolean): string | undefined {
  if (typeof path !== 'string' || !path.startsWith('/') || /\0/.test(path) || !path.isWellFormed())
    return 'Use a text that begins with "/".'
  if (path.length > maxLength) return `Next ignores paths of more than ${maxLength} characters.`
  if (file !== undefined && file !== 'page' && file !== 'layout') return 'The type is "page" or "layout".'
  if (prefix) return file && 'Leave the type out, which comes after the end of the path.'
  // No page carries the path of a route without the name of its file.
  if (!file && isDynamicRoute(path)) return 'Add the type "page" or "layout", or write its parameters out.'
  return undefined
}

function printable(path: unknown): string {
  const text = JSON.stringify(path) ?? String(path)
  return text.length > 80 ? `${text.slice(0, 80)}…"` : text
}

/** A tag as people know it. `page` and `layout` are those of a route, `path` is one that a browser asks for. */
export interface TagName {
  readonly kind: 'tag' | 'path' | RouteFile | 'all tags'
  readonly name: string
}

/** Returns the name of a tag that entries carry. */
export function tagNameOf(tag: string): TagName {
  if (tag === '*') return { kind: 'all tags', name: tag }
  if (!tag.startsWith(`${prefixOfTags}/`)) return { kind: 'tag', name: readable(tag) }
  const path = readable(tag.slice(prefixOfTags.length))
  const [, route, file] = /^(.*)\/(page|layout)$/.exec(path) ?? []
  return file === undefined
    ? { kind: 'path', name: path }
    : { kind: file as RouteFile, name: route === '' ? '/' : (route ?? path) }
}

/** Shows the letters that Next has encoded, of which none is ASCII. */
function readable(tag: string): string {
  return tag.replace(/(?:%[89A-F][0-9A-F])+/g, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      // A long tag is cut anywhere.
      return run
    }
  })
}
