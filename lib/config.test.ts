import { existsSync } from 'node:fs'
import type { NextConfig } from 'next'
import { expect, test } from 'vitest'
import { withCacheVersions } from './config.ts'

test('both handlers are set, and the rest of the configuration is kept', () => {
  const own = { basePath: '/forum', cacheHandlers: { sessions: '/sessions.js' } }
  const config = withCacheVersions(own)
  expect(config).toMatchObject(own)
  const files = [config.cacheHandler, config.cacheHandlers?.default, config.cacheHandlers?.remote]
  for (const file of files) expect(existsSync(String(file).replace(/\.js$/, '.ts'))).toBe(true)
})

test('a configuration that is a function stays one', async () => {
  const config = withCacheVersions(async (phase) => ({ basePath: `/${phase}` }))
  expect(await config('phase', { defaultConfig: {} })).toMatchObject({ basePath: '/phase' })
})

test('Turbopack builds an app without use cache without the handlers for it', async () => {
  const kinds = (config: NextConfig) => Object.keys(withCacheVersions(config).cacheHandlers ?? {})
  process.env.TURBOPACK = 'auto'
  try {
    expect(kinds({})).toEqual([])
    expect(kinds({ cacheComponents: true })).toEqual(['default', 'remote'])
    expect(kinds({ experimental: { useCache: true } })).toEqual(['default', 'remote'])
  } finally {
    delete process.env.TURBOPACK
  }
  expect(kinds({})).toEqual(['default', 'remote'])
})

test('handlers of the app in the same place are refused', () => {
  expect(() => withCacheVersions({ cacheHandler: '/mine.js' })).toThrow(
    'The configuration sets cacheHandler itself',
  )
  expect(() => withCacheVersions({ cacheHandlers: { remote: '/mine.js' } })).toThrow('cacheHandlers.remote')
})

test('serveStaleSeconds has to be a number of seconds', () => {
  for (const serveStaleSeconds of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => withCacheVersions({}, { whenUnavailable: { serveStaleSeconds } })).toThrow(
      'serveStaleSeconds',
    )
  }
})

test('what the handlers have to know of the configuration travels in the environment', () => {
  const { env } = withCacheVersions({ cacheMaxMemorySize: 1000, distDir: 'build', env: { MINE: 'kept' } })
  expect(env).toEqual({
    MINE: 'kept',
    CACHE_VERSIONS_BUILT_ON: new Date().toISOString().slice(0, 10),
    CACHE_VERSIONS_DIST_DIR: 'build',
    CACHE_VERSIONS_MEMORY_BYTES: '1000',
    CACHE_VERSIONS_PAGES: 'local',
    CACHE_VERSIONS_SERVE_STALE_SECONDS: '0',
  })
})

test('pages has to be one of the places that there are', () => {
  expect(() => withCacheVersions({}, { pages: 'redis' as never })).toThrow('pages is "redis"')
})

test('leases are on or off, and left to the environment where nothing is said', () => {
  expect(() => withCacheVersions({}, { leases: 'on' as never })).toThrow('leases is "on"')
  expect(withCacheVersions({}, { leases: 'off' }).env).toMatchObject({ CACHE_VERSIONS_LEASES: 'off' })
  expect(withCacheVersions({}).env).not.toHaveProperty('CACHE_VERSIONS_LEASES')
  delete process.env.CACHE_VERSIONS_LEASES
})
