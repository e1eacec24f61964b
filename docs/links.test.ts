import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const files = ['docs', 'lib', 'skills']
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))))
  .concat('README.md', 'CONTRIBUTING.md', 'CHANGELOG.md')
const documents = files.filter((file) => file.endsWith('.md'))
const agentsPage = 'skills/next-cache-versions/SKILL.md'
const decisions = documents.filter((file) => /^docs\/decisions\/\d/.test(file))

function withoutCode(markdown: string): string {
  return markdown.replace(/^ *```[\s\S]*?^ *```/gm, '')
}

/** The anchors of a document, as GitHub derives them from its headings. */
function anchors(file: string): string[] {
  const headings = withoutCode(readFileSync(file, 'utf8')).matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** The links of a document to files, each with the label, the path from the root and the anchor. */
function links(file: string): { label: string; path: string; anchor: string }[] {
  const found = withoutCode(readFileSync(file, 'utf8')).matchAll(/\[((?:[^[\]]|\[[^\]]*\])+)\]\(([^)\s]+)\)/g)
  return [...found].flatMap(([, label = '', target = '']) => {
    if (/^[a-z]+:/.test(target)) return []
    const [path = '', anchor = ''] = target.split('#')
    return [{ label, path: path === '' ? file : normalize(join(dirname(file), path)), anchor }]
  })
}

test.each(documents)('every link of %s leads to a file and a heading', (file) => {
  const dead = links(file).filter(
    ({ path, anchor }) => !existsSync(path) || (anchor !== '' && !anchors(path).includes(anchor)),
  )
  expect(dead).toEqual([])
})

test('every document can be reached from the README', () => {
  const reached = new Set<string>()
  const visit = (file: string) => {
    if (reached.has(file) || !documents.includes(file)) return
    reached.add(file)
    for (const { path } of links(file)) visit(path)
  }
  visit('README.md')
  visit('CHANGELOG.md')
  expect(documents.filter((file) => !reached.has(file))).toEqual([])
})

test('README has at most 140 lines, a decision at most 15', () => {
  const length = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n').length
  expect(length('README.md')).toBeLessThanOrEqual(140)
  expect(decisions.filter((file) => length(file) > 15)).toEqual([])
})

test('the page for coding agents is short, and says when to read it', () => {
  const [, name, description = ''] =
    /^---\nname: (.+)\ndescription: (.+)\n---\n/.exec(readFileSync(agentsPage, 'utf8')) ?? []
  expect(name).toBe('next-cache-versions')
  // Longer ones are refused.
  expect(description.length).toBeLessThanOrEqual(1024)
  expect(description).toContain('Use when')
  expect(readFileSync(agentsPage, 'utf8').split('\n').length).toBeLessThanOrEqual(80)
})

test('code and decisions link to each other', () => {
  const named = new Map<string, string[]>()
  for (const file of files.filter((file) => /\.(ts|tsx|sql)$/.test(file))) {
    for (const [decision] of readFileSync(file, 'utf8').matchAll(/docs\/decisions\/\d{4}[\w-]*\.md/g)) {
      named.set(decision, [...(named.get(decision) ?? []), file])
    }
  }
  expect([...named.keys()].filter((decision) => !decisions.includes(decision))).toEqual([])
  for (const decision of decisions) {
    const code = links(decision)
      .map(({ path }) => path)
      .filter((path) => path.startsWith('lib/'))
    expect(named.get(decision) ?? [], decision).toEqual(expect.arrayContaining(code))
  }
})

test('the index lists every decision', () => {
  const listed = links('docs/decisions/README.md').map(({ path }) => path)
  expect(listed.sort()).toEqual(decisions.sort())
})

test('next-internals.md lists every file of lib/internals', () => {
  const linked = links('docs/next-internals.md').map(({ path }) => path)
  const listed = linked.filter((path) => /^lib\/internals\/.*(?<!\.test)\.ts$/.test(path))
  const present = readdirSync('lib/internals').filter((name) => /(?<!\.test)\.ts$/.test(name))
  expect([...new Set(listed)].sort()).toEqual(present.map((name) => `lib/internals/${name}`).sort())
})

test("next-internals.md names tests that exist, and Next's own files", () => {
  const text = readFileSync('docs/next-internals.md', 'utf8')
  const missing = links('docs/next-internals.md')
    .filter(({ label, path }) => /\.(test|spec)\.ts$/.test(path) && label.includes(' '))
    .filter(({ label, path }) => !readFileSync(path, 'utf8').replaceAll("\\'", "'").includes(label))
  expect(missing).toEqual([])
  const own = [...text.matchAll(/`((?:server|client|build|lib|shared)\/[^`]+\.js)`/g)].map(([, file]) => file)
  expect(own.filter((file) => !existsSync(`node_modules/next/dist/${file}`))).toEqual([])
})
