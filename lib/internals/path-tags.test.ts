// Before Next's stores: it sets what they are made with, as a server does.
import 'next/dist/server/node-environment-baseline.js'
import { revalidatePath, revalidateTag } from 'next/cache.js'
import { workAsyncStorage } from 'next/dist/server/app-render/work-async-storage.external.js'
import { expect, test, vi } from 'vitest'
import { headerSafe } from '../base/header-safe.ts'
import { pathTags, tagNameOf, typedPathTags } from './path-tags.ts'
import { nextRequest } from './render.ts'

/** The tags that Next's own function revalidates. */
function revalidatedBy(work: () => void): string[] {
  const record = { route: '/', incrementalCache: {} } as unknown as NonNullable<
    ReturnType<typeof nextRequest>
  >
  return workAsyncStorage.run(record, () => {
    work()
    return (nextRequest()?.pendingRevalidatedTags ?? []).map(({ tag }) => tag)
  })
}

const paths = [
  '/',
  '/index',
  '/posts/42',
  '/posts/42/',
  '/café/😀',
  '/a,b',
  '/a*',
  '/posts/%20',
  `/${'x'.repeat(1023)}`,
]

test('a path has the tags that revalidatePath revalidates', () => {
  for (const path of paths) {
    expect(pathTags(path), path).toEqual(revalidatedBy(() => revalidatePath(path)))
    for (const file of ['page', 'layout'] as const)
      expect(pathTags(path, file), path).toEqual(revalidatedBy(() => revalidatePath(path, file)))
  }
  expect(pathTags('/posts/[id]', 'page')).toEqual(revalidatedBy(() => revalidatePath('/posts/[id]', 'page')))
})

test('a path that Next ignores or warns of is refused, and no other', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  for (const path of [
    '/posts/[id]',
    '/a/[...b]',
    `/${'x'.repeat(1024)}`,
    '/posts/42',
    '/a[b]',
    '/(.)a/[b]c',
  ]) {
    warn.mockClear()
    revalidatedBy(() => revalidatePath(path))
    if (warn.mock.calls.length === 0) pathTags(path)
    else expect(() => pathTags(path), path).toThrow('stands for no page')
  }
})

test('what stands for no page says what to write', () => {
  expect(() => pathTags('posts')).toThrow('"posts" stands for no page. Use a text that begins with "/".')
  expect(() => typedPathTags('/posts/*', 'page')).toThrow('Leave the type out')
  expect(() => pathTags('/posts', 'template' as 'page')).toThrow('The type is "page" or "layout".')
  expect(typedPathTags('/posts/*')).toEqual(['_N_T_/posts/*'])
  expect(typedPathTags('/posts/[id]', 'page')).toEqual(pathTags('/posts/[id]', 'page'))
})

test('a tag is encoded as revalidateTag does it', () => {
  for (const tag of ['post:42', 'café 😀😀,\t', '%20', '日本語'.repeat(80)])
    expect([headerSafe(tag)], tag).toEqual(revalidatedBy(() => revalidateTag(tag, { expire: 0 })))
})

test('the tag of a path tells the path again, the file of a route, and the letters that were encoded', () => {
  expect(tagNameOf('_N_T_/posts/42')).toEqual({ kind: 'path', name: '/posts/42' })
  expect(tagNameOf('_N_T_/posts/[id]/page')).toEqual({ kind: 'page', name: '/posts/[id]' })
  expect(tagNameOf('_N_T_/layout')).toEqual({ kind: 'layout', name: '/' })
  expect(tagNameOf(headerSafe('café 100%25'))).toEqual({ kind: 'tag', name: 'café 100%25' })
  expect(tagNameOf('caf%C3')).toEqual({ kind: 'tag', name: 'caf%C3' })
  expect(tagNameOf('*')).toEqual({ kind: 'all tags', name: '*' })
})
