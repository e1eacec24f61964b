import { headerSafe } from '../base/header-safe.ts'
import { checkExpireSeconds, checkTag } from '../versions/tag.ts'
import { literalTag } from '../versions/tags/text.ts'
import { type InvalidateOptions, writeTagInvalidations } from '../versions/write.ts'
import { invalidation } from './invalidation.ts'

export interface InvalidateTagOptions extends InvalidateOptions {
  /**
   * The seconds for which entries are served once more while they are revalidated, before they expire, as in
   * `revalidateTag(tag, { expire })`. Default: 0, they expire at once.
   */
  expireSeconds?: number
  /** Invalidates all tags that begin so: `post:`. Default: false. */
  prefix?: boolean
}

/**
 * Invalidates tags, as entries of Next carry them (`cacheTag('post:42')`, `next: { tags: ['post:42'] }`), on every server
 * at the next request. With `tx` it commits together with the change, or not at all.
 *
 * A tag needs no start and no migration. One that is the name of a cache invalidates the cache. Otherwise as
 * `invalidateCache`: it works anywhere on the server, and in a server action or a route handler it tells Next.
 *
 * ```ts
 * await db.transaction(async (tx) => {
 *   await tx.update(posts).set({ title }).where(eq(posts.id, 42))
 *   await invalidateTag('post:42', { tx, reason: 'post edited', actor: user.name })
 * })
 * ```
 *
 * @throws CacheVersionsError `invalid-name` for an empty tag, before anything is invalidated; `invalid-argument` for seconds
 * that are none; `not-migrated` where the schema is of before tags; what Postgres throws: an invalidation that did not
 * happen is an error.
 */
export async function invalidateTag(
  tags: string | readonly string[],
  options: InvalidateTagOptions = {},
): Promise<void> {
  const { prefix, ...rest } = options
  const list = (typeof tags === 'string' ? [tags] : tags).map(checkTag)
  // Others may choose a part of a tag, so a `*` at its end stands for itself.
  await invalidateTypedTags(
    list.map((tag) => (prefix ? `${tag}*` : literalTag(tag))),
    rest,
  )
}

/** The same for tags as a person types them, where a `*` at the end stands for any end, as in SQL. */
export async function invalidateTypedTags(
  tags: readonly string[],
  { expireSeconds, ...options }: InvalidateOptions & { expireSeconds?: number },
): Promise<void> {
  const seconds = checkExpireSeconds(expireSeconds)
  const list = tags.map(checkTag)
  if (list.length === 0) return
  await invalidation({ ...options, expireSeconds: seconds }, async (source) => {
    await writeTagInvalidations(list, { ...options, source, seconds })
    // As Next lists them.
    return list.map(headerSafe)
  })
}
