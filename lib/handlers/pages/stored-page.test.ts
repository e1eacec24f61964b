import { expect, test } from 'vitest'
import { readPage, writePage } from './stored-page.ts'

const page = {
  lastModified: 1764000000000.25,
  cacheControl: { revalidate: false, expire: undefined },
  value: {
    kind: 'APP_PAGE',
    html: '<p>ban — «été»</p>',
    rscData: Buffer.from('0:{"a":"$@1"}\n'),
    postponed: undefined,
    headers: { 'x-next-cache-tags': '_N_T_/layout,bans,_cv_/bans@k3j9x0Qz', 'set-cookie': ['a', 'b'] },
    status: undefined,
    segmentData: new Map([
      ['/_tree', Buffer.from('text')],
      ['/binary', Buffer.from([0, 255, 254, 128, 10])],
    ]),
  },
}

test('a page comes back as it was, buffers and segments included', () => {
  const read = readPage(writePage(page as never))
  expect(read).toEqual(page)
  const { rscData, segmentData } = read.value as unknown as typeof page.value
  expect(Buffer.isBuffer(rscData)).toBe(true)
  expect(segmentData.get('/binary')?.equals(Buffer.from([0, 255, 254, 128, 10]))).toBe(true)
})

test('a slice of a buffer is written without the rest of it', () => {
  const body = Buffer.from('secret body secret').subarray(7, 11)
  const text = writePage({
    lastModified: 1,
    value: { kind: 'APP_ROUTE', body, headers: {}, status: 200 },
  } as never)
  expect(text).not.toContain('secret')
  expect((readPage(text).value as unknown as { body: Buffer }).body.toString()).toBe('body')
})

test.each(['', '[]', '{"value":1}', '[{"value":1},"x"]', 'nonsense'])('%j is no page', (text) => {
  expect(() => readPage(text)).toThrow()
})
