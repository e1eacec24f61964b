import { createRequire } from 'node:module'

/**
 * The versions of Next that pass the tests, as in `peerDependencies`. Before 16.3.1 Next serves an outdated page once
 * more on each server (`lastModified: -1` does not block) and tells the handlers of each revalidated tag twice.
 */
export const supported = { from: '16.3.1', below: '16.5.0' } as const

/** Returns the version of the Next that this package imports. */
export function installedNext(): string {
  return (createRequire(import.meta.url)('next/package.json') as { version: string }).version
}

/** Returns whether the tests have passed on that Next, and if not, on which side of the tested range it is. */
export function supportOf(version: string): 'supported' | 'too old' | 'untested' {
  const release = version.split('-')[0] ?? ''
  const isPrerelease = release !== version
  if (isBefore(release, supported.from) || (release === supported.from && isPrerelease)) return 'too old'
  return isBefore(release, supported.below) ? 'supported' : 'untested'
}

function isBefore(release: string, other: string): boolean {
  return release.localeCompare(other, 'en', { numeric: true }) < 0
}
