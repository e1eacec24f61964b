import { expect, test } from 'vitest'
import { withName, withoutName } from './edit-names.ts'
import { findNameList } from './name-list.ts'

const file = (list: string) =>
  `// The caches.\nexport const caches = [${list}] as const\n\nexport type Name = 'x'\n`

const lists: Record<string, { before: string; after: string }> = {
  'a list on one line': { before: `'a', 'b'`, after: `'a', 'b', 'new'` },
  'double quotes': { before: `"a"`, after: `"a", "new"` },
  'an empty list': { before: '', after: `'new'` },
  'a comma at the end of the line': { before: `'a', `, after: `'a', 'new', ` },
  'a name a line': { before: `\n  'a',\n  'b',\n`, after: `\n  'a',\n  'b',\n  'new',\n` },
  'no comma at the end': { before: `\n  'a',\n  'b'\n`, after: `\n  'a',\n  'b',\n  'new'\n` },
  'comments between': {
    before: `\n  'a', // it's the first\n  /* 'old', */\n  'b', // 'last'\n`,
    after: `\n  'a', // it's the first\n  /* 'old', */\n  'b', // 'last'\n  'new',\n`,
  },
  'lines that end with CRLF': { before: `\r\n\t'a',\r\n`, after: `\r\n\t'a',\r\n\t'new',\r\n` },
}

for (const [form, { before, after }] of Object.entries(lists)) {
  test(`a name joins and leaves ${form}, and the file is as it was`, () => {
    expect(withName(file(before), 'new')).toBe(file(after))
    expect(withoutName(file(after), 'new')).toBe(file(before))
  })
}

test('a line that grows too long becomes a name a line', () => {
  const names = Array.from({ length: 9 }, (_, index) => `'cache-${index}'`)
  expect(withName(file(names.join(', ')), 'new')).toBe(
    file(`\n${[...names, "'new'"].map((name) => `  ${name},\n`).join('')}`),
  )
})

test('a name in the middle leaves its neighbours', () => {
  expect(withoutName(file(`'a', 'b', 'c'`), 'b')).toBe(file(`'a', 'c'`))
  expect(withoutName(file(`'a', 'b', 'c'`), 'a')).toBe(file(`'b', 'c'`))
  expect(withoutName(file(`\n  'a',\n  'b',\n`), 'a')).toBe(file(`\n  'b',\n`))
})

test('what is not a plain list of names is not read', () => {
  for (const list of [`...others`, `'a', name`, `'a'`.slice(0, 2), '`a`']) {
    expect(findNameList(file(list)), list).toBeUndefined()
  }
  expect(findNameList(`// export const caches = ['a']`)).toBeUndefined()
})

test('a comment that would swallow the new name makes no edit', () => {
  expect(withName(file(`\n  'a', /* one\n  two */\n`), 'new')).toBeUndefined()
})
