// Checked by the compiler alone: each line below a comment must be an error, or the comment is one.
import { type CacheVersions, cacheKey, invalidateCache } from 'next-cache-versions'
import { cacheVersion } from 'next-cache-versions/next'
import { expectInvalidates } from 'next-cache-versions/testing'

/** A misspelt cache does not compile, wherever it is named. */
export async function misspelt(versions: CacheVersions): Promise<void> {
  await invalidateCache('bans')
  // @ts-expect-error
  await invalidateCache('bnas')
  // @ts-expect-error
  await invalidateCache(['bans', 'bnas'])
  // @ts-expect-error
  cacheKey('acl', versions, ['permisions'], 1)
  // @ts-expect-error
  await cacheVersion('setings')
  // @ts-expect-error
  await expectInvalidates('bnas', () => {})
  // @ts-expect-error
  versions.bnas
}
