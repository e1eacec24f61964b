/**
 * The cache of all tags and paths that are no cache of their own: its version changes with each of them, and the log names
 * the tags that have changed (`cache_of_tags` in functions.sql).
 *
 * See docs/decisions/0054-all-tags-are-one-more-cache.md
 */
export const cacheOfTags = 'next-cache-versions/tags'
