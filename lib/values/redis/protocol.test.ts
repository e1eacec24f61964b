import { expect, test } from 'vitest'
import { type Reply, ReplyError, ReplyTooLong, replyReader, writeCommand } from './protocol.ts'

function read(text: string, pieceLength: number): Reply[] {
  const reader = replyReader({ server: 'Redis', maxBytes: 100 })
  const bytes = Buffer.from(text)
  const replies: Reply[] = []
  for (let at = 0; at < bytes.length; at += pieceLength) {
    reader.add(bytes.subarray(at, at + pieceLength))
    for (let next = reader.next(); next; next = reader.next()) replies.push(next.reply)
  }
  return replies
}

const text = '+OK\r\n:42\r\n$-1\r\n$0\r\n\r\n$8\r\n日本\r\n\r\n-OOM no room\r\n'
const replies = ['OK', 42, null, '', '日本\r\n', new ReplyError('OOM')]

test.each([1, 2, 3, 7, 1000])('reads replies that arrive in pieces of %d bytes', (pieceLength) => {
  expect(read(text, pieceLength)).toEqual(replies)
})

test.each([
  'HTTP/1.1 200 OK\r\n',
  '\u0000\r\n',
  '$x\r\n',
  '$-2\r\n',
  '$1\r\nlonger\r\n',
  ':\r\n',
  ':1e3\r\n',
  '*1\r\n:1\r\n',
  `+${'x'.repeat(10_000)}`,
])('refuses what is not a reply: %j', (noise) => {
  expect(() => read(noise, 1000)).toThrow('does not speak the protocol of Redis')
})

test('refuses a text that is too long as soon as it is announced', () => {
  expect(read(`$100\r\n${'x'.repeat(100)}\r\n`, 1000)).toEqual(['x'.repeat(100)])
  expect(() => read('$101\r\n', 1000)).toThrow(ReplyTooLong)
})

test('writes the lengths of a command in bytes', () => {
  expect(writeCommand(['SET', 'k', 'é'])).toBe('*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\né\r\n')
})
