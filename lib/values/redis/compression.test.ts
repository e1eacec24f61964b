import { brotliCompressSync, deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { EntryUnreadable } from '../stores/contract.ts'
import { pack, unpack } from './compression.ts'

const megabyte = 1_000_000

test.each([
  ['short', 'x'],
  ['of one character', 'x'.repeat(megabyte)],
  ['of characters of three bytes', '日'.repeat(100_000)],
  ['like a page', Array.from({ length: 5000 }, (_, id) => `<li id="${id}">thread ${id}</li>`).join('')],
])('a text %s is read as it was written', async (_, text) => {
  expect(await unpack(await pack(text), 2 * megabyte)).toBe(text)
})

test('an entry becomes no more than 32 times its length, and no more than it may', async () => {
  const zeros = deflateSync(Buffer.alloc(100 * megabyte))
  const packed = `~${zeros.toString('base64')}`
  expect(packed.length).toBeLessThan(200_000)
  await expect(unpack(packed, 1000 * megabyte)).rejects.toThrow(EntryUnreadable)
  const large = await pack('x'.repeat(megabyte))
  expect(await unpack(large, megabyte)).toHaveLength(megabyte)
  await expect(unpack(large, megabyte - 1)).rejects.toThrow(EntryUnreadable)
})

test.each(['', 'j1', '~', '~AAAA', `~${brotliCompressSync('x').toString('base64')}`, null, 7, {}, ['=x']])(
  'what was never written so is refused: %j',
  async (packed) => {
    await expect((async () => unpack(packed, megabyte))()).rejects.toThrow(EntryUnreadable)
  },
)
