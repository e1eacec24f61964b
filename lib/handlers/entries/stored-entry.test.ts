import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { readEntry, writeEntry } from './stored-entry.ts'

const rest = {
  tags: ['bans', '_cv_/bans@k3j9x0Qz'],
  stale: 300,
  timestamp: 1234.5678,
  expire: 4294967294,
  revalidate: 900,
}

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

const bytes: [string, Uint8Array[]][] = [
  ['nothing', []],
  ['text', [Buffer.from('0:"$@1"\n1:"é日本🙂"\n')]],
  ['text that begins with a byte order mark', [Buffer.from('\ufeffx')]],
  ['a character cut in two', [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)]],
  ['bytes that are no text', [Uint8Array.from({ length: 256 }, (_, i) => i)]],
]

test.each(bytes)('%s comes back byte for byte, with what describes it', async (_, chunks) => {
  const text = await writeEntry({ ...rest, value: streamOf(...chunks) })
  const { value, ...description } = readEntry(text)
  expect(description).toEqual(rest)
  expect(await buffer(value as never)).toEqual(Buffer.concat(chunks))
})

test('each reader gets a stream of its own', async () => {
  const text = await writeEntry({ ...rest, value: streamOf(Buffer.from('once')) })
  for (const entry of [readEntry(text), readEntry(text)]) {
    expect(String(await buffer(entry.value as never))).toBe('once')
  }
})

test('a stream that breaks makes no entry', async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error('cut off'))
    },
  })
  await expect(writeEntry({ ...rest, value: broken })).rejects.toThrow('cut off')
})

test.each(['', 'x', '{}\n', '{"tags":[]}\nx'])('refuses to read %j', (text) => {
  expect(() => readEntry(text)).toThrow()
})
