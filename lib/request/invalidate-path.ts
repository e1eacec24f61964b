import { pathTags, type RouteFile } from '../internals/path-tags.ts'
import { type InvalidateTagOptions, invalidateTag } from './invalidate-tag.ts'

export interface InvalidatePathOptions extends InvalidateTagOptions {
  /**
   * With `page` or `layout` the path is that of a route, such as `/posts/[id]`, and all of its pages are invalidated; with
   * `layout` also those below. Without it, the page with this path.
   */
  type?: RouteFile
}

/**
 * Invalidates a path as `revalidatePath` does, and from anywhere: a script, a job, with `tx` in a transaction. Otherwise as
 * {@link invalidateTag}.
 *
 * ```ts
 * await invalidatePath('/posts/42', { reason: 'post edited in psql' })
 * await invalidatePath('/posts/[id]', { type: 'page' })
 * ```
 *
 * @throws CacheVersionsError `invalid-name` for a path that stands for no page; what `invalidateTag` throws.
 */
export async function invalidatePath(path: string, options: InvalidatePathOptions = {}): Promise<void> {
  const { type, ...rest } = options
  await invalidateTag(pathTags(path, type, rest), rest)
}
