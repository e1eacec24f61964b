import { workAsyncStorage } from 'next/dist/server/app-render/work-async-storage.external.js'
import { workUnitAsyncStorage } from 'next/dist/server/app-render/work-unit-async-storage.external.js'
import * as manifest from 'next/dist/server/lib/incremental-cache/tags-manifest.external.js'
import * as loader from 'next/dist/server/load-manifest.external.js'
import * as requestMeta from 'next/dist/server/request-meta.js'
import { createDefaultCacheHandler } from './entry-handler.ts'
import { FileSystemCache } from './page-handler.ts'
import { metaOfRequest } from './request-meta.ts'

/** The parts of Next that the handlers rely on, as far as they can be checked before the first request. */
const relied: Record<string, () => unknown> = {
  'workAsyncStorage.run': () => isFunction(workAsyncStorage.run) && isFunction(workAsyncStorage.getStore),
  'workUnitAsyncStorage.getStore': () => isFunction(workUnitAsyncStorage.getStore),
  'the methods of FileSystemCache': () =>
    haveMethods(FileSystemCache.prototype, ['get', 'set', 'revalidateTag', 'resetRequestCache']),
  'the methods of createDefaultCacheHandler': () =>
    haveMethods(createDefaultCacheHandler(0), ['get', 'set', 'refreshTags', 'getExpiration', 'updateTags']),
  tagsManifest: () => manifest.tagsManifest instanceof Map,
  'areTagsExpired and areTagsStale': () => haveMethods(manifest, ['areTagsExpired', 'areTagsStale']),
  loadManifest: () => isFunction(loader.loadManifest),
  NEXT_REQUEST_META: () => (requestMeta.NEXT_REQUEST_META as symbol) === metaOfRequest,
}

/**
 * Returns the names of the parts that this Next lacks. An unknown Next may lack more, which only its tests can tell.
 */
export function missingInNext(): string[] {
  return Object.entries(relied).flatMap(([name, isThere]) => (holds(isThere) ? [] : [name]))
}

function holds(isThere: () => unknown): boolean {
  try {
    return Boolean(isThere())
  } catch {
    return false
  }
}

function haveMethods(value: object, names: readonly string[]): boolean {
  return names.every((name) => isFunction((value as Record<string, unknown>)[name]))
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
