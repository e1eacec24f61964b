import { withCacheVersions } from 'next-cache-versions/proxy'

export const proxy = withCacheVersions()

export const config = {
  // Pages that read versions; static files and the package's own admin page do without.
  matcher: ['/((?!_next/|api/|admin/|.*\\.).*)'],
}
