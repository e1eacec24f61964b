import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { CacheHandlerValue } from '../../internals/types.ts'
import { stamp } from '../../versions/stamp.ts'
import { cacheOfTags } from '../../versions/tags/cache.ts'
import { builtAfter, noteServerFolder, settingNames } from '../settings.ts'
import { fetchToServe } from './fetch-lookup.ts'

// A build without a database: it cannot ask what has changed since a file of fetch was written.

const dayMilliseconds = 24 * 3600 * 1000
const { DATABASE_URL, NEXT_PHASE } = process.env
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-versions-build-'))
  await mkdir(join(folder, 'server'))
  const config = { env: { [settingNames.builtOn]: '2026-11-26' } }
  await writeFile(join(folder, 'required-server-files.json'), JSON.stringify({ config }))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => Object.assign(process.env, { DATABASE_URL, NEXT_PHASE }))

test('a server knows the day before that of its build, by the file that the build has left', () => {
  expect(builtAfter()).toBeUndefined()
  noteServerFolder(join(folder, 'server'))
  expect(builtAfter()).toEqual(new Date('2026-11-25T00:00:00Z'))
})

async function served(days: number, ...tags: string[]): Promise<boolean> {
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    NEXT_PHASE: 'phase-production-build',
  })
  const value = { kind: 'FETCH', tags, revalidate: false } as unknown as CacheHandlerValue['value']
  const data = { lastModified: Date.now() - days * dayMilliseconds, value }
  const context = { kind: 'FETCH', tags, softTags: ['_N_T_/posts'] } as never
  return (await fetchToServe('key', data, context, {})) !== null
}

test('what this build has fetched without a stamp is served, unless a tag of it may name a cache', async () => {
  expect([await served(0), await served(0, 'post:1')]).toEqual([true, false])
})

test('what an earlier build has fetched without a stamp is a miss', async () => {
  expect(await served(3)).toBe(false)
})

test('what was fetched with a stamp, which nobody can judge, is a miss', async () => {
  expect(await served(0, stamp(cacheOfTags, 'aVersion'))).toBe(false)
})
