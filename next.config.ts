import type { NextConfig } from 'next'
// By its file, because Next compiles this one without a name that could be looked up; an app that has installed the
// package imports it from 'next-cache-versions/config'.
import { withCacheVersions } from './dist/config.js'

const nextConfig: NextConfig = {
  cacheComponents: true,
  partialPrefetching: false,
}

export default withCacheVersions(nextConfig)
