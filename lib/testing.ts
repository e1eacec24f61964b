import { AssertionError } from 'node:assert'
import { tagNameOf } from './internals/path-tags.ts'
import { type CacheInvalidation, readCacheInvalidations } from './versions/log.ts'
import { unknownCache } from './versions/name.ts'
import { readCacheVersions } from './versions/read.ts'
import type { CacheName, CacheVersions } from './versions/register.ts'
import { cacheOfTags } from './versions/tags/cache.ts'

/**
 * Runs the action, checks that it invalidates exactly the named caches, and returns its result. It compares the versions
 * in Postgres before and after, so it sees an invalidation from anywhere: a call, SQL, a trigger.
 *
 * ```ts
 * await expectInvalidates('bans', () => banUser('trouble'))
 * ```
 *
 * @throws AssertionError when other caches are invalidated than expected, with the old and new versions;
 * CacheVersionsError `unknown-cache` for a name that is not versioned; what the action throws.
 */
export async function expectInvalidates<T>(
  names: CacheName | readonly CacheName[],
  action: () => Promise<T> | T,
): Promise<T> {
  const expected = new Set<string>(typeof names === 'string' ? [names] : names)
  const before = await readCacheVersions()
  for (const name of expected) {
    if (!Object.hasOwn(before, name)) throw unknownCache(name, Object.keys(before))
  }
  const result = await action()
  compare(expected, before, await readCacheVersions())
  return result
}

function compare(expected: ReadonlySet<string>, before: CacheVersions, after: CacheVersions): void {
  const was = before as Readonly<Record<string, string | undefined>>
  const is = after as Readonly<Record<string, string | undefined>>
  const caches = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort()
  const invalidated = caches.filter((cache) => was[cache] !== is[cache])
  const missing = [...expected].filter((cache) => !invalidated.includes(cache)).sort()
  const extra = invalidated.filter((cache) => !expected.has(cache))
  if (missing.length === 0 && extra.length === 0) return

  const line = (cache: string) =>
    `  ${cache}: ${was[cache] ?? 'not versioned'} → ${is[cache] ?? 'not versioned'}`
  const parts = [
    ...(missing.length > 0 ? ['Not invalidated, though expected:', ...missing.map(line)] : []),
    ...(extra.length > 0 ? ['Invalidated, though not expected:', ...extra.map(line)] : []),
  ]
  throw new AssertionError({
    message: `[cache-versions] The action invalidated other caches than expected.\n${parts.join('\n')}`,
    expected: [...expected].sort(),
    actual: invalidated,
    operator: 'expectInvalidates',
    stackStartFn: expectInvalidates,
  })
}

/** The most lines of the log that an action may write. */
const mostLines = 10_000

/**
 * Runs the action, checks that it invalidates exactly these tags and paths, and returns its result. It reads the log of
 * Postgres, so it sees an invalidation from anywhere. A tag that is the name of a cache invalidates the cache:
 * {@link expectInvalidates}.
 *
 * ```ts
 * await expectInvalidatesTags(['post:42', '/posts/42', '/posts/[id]/page'], () => editPost(42))
 * ```
 *
 * @throws AssertionError when other tags are invalidated than expected; what the action throws.
 */
export async function expectInvalidatesTags<T>(
  tags: string | readonly string[],
  action: () => Promise<T> | T,
): Promise<T> {
  const expected = [...new Set(typeof tags === 'string' ? [tags] : tags)].sort()
  const [newest] = await readCacheInvalidations({ cache: cacheOfTags, limit: 1 })
  const result = await action()
  const lines = await readCacheInvalidations({ cache: cacheOfTags, limit: mostLines })
  const since = lines.filter(({ id }) => id > (newest?.id ?? 0))
  const invalidated = [...new Set(since.map(written))].sort()
  if (expected.join('\n') === invalidated.join('\n')) return result
  throw new AssertionError({
    message: `[cache-versions] The action invalidated other tags than expected.\nExpected: ${list(expected)}\nInvalidated: ${list(invalidated)}`,
    expected,
    actual: invalidated,
    operator: 'expectInvalidatesTags',
    stackStartFn: expectInvalidatesTags,
  })
}

/** The tag as a test writes it: a path of Next's as the path. The root has two tags. */
function written({ tag }: CacheInvalidation): string {
  const { kind, name } = tagNameOf(tag ?? '*')
  if (kind === 'path') return name === '/index' ? '/' : name
  return kind === 'page' || kind === 'layout' ? `${name === '/' ? '' : name}/${kind}` : name
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}
