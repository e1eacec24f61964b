import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
/** The package as it would be installed, and what is in it. */
let folder: string
let unpacked: string
let files: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-versions-tarball-'))
  unpacked = join(folder, 'package')
  // dist is there already, and others read it.
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder])
  await run('tar', ['-xzf', JSON.parse(stdout)[0].filename], { cwd: folder })
  files = filesIn(unpacked).filter((file) => !isLeftOver(file))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .sort()
}

/** tsc leaves what it has compiled of a file that is gone. A release is made of a new clone, which has none. */
function isLeftOver(file: string): boolean {
  const source = /^dist\/(.*?)(\.d)?\.(js|ts)(\.map)?$/.exec(file)?.[1]
  return source !== undefined && !existsSync(`lib/${source}.ts`) && !existsSync(`lib/${source}.tsx`)
}

function read(file: string): string {
  return readFileSync(join(unpacked, file), 'utf8')
}

test('the tarball holds the package and nothing of its workshop', () => {
  const known = [
    /^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/,
    /^dist\/.*\.(js|d\.ts)(\.map)?$/,
    /^lib\/.*(\.tsx?|\.css|\.sql|\.md|report-config\.cjs)$/,
    /^skills\/next-cache-versions\/SKILL\.md$/,
  ]
  const workshop = /\.(test|spec)\.|(^|\/)(test|tests|fixtures|scripts|e2e)\/|tsconfig|tsbuildinfo|(^|\/)\./
  expect(files.filter((file) => workshop.test(file) || !known.some((pattern) => pattern.test(file)))).toEqual(
    [],
  )
})

test('the tarball has its license, its changelog, the SQL and the page for coding agents', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'lib/sql/tables.sql',
      'lib/sql/functions.sql',
      'skills/next-cache-versions/SKILL.md',
    ]),
  )
})

test('the tarball has each file of lib, for some are read at run time and maps lead to the others', () => {
  const workshop = /\.test\.tsx?$|^lib\/test\/|tsconfig/
  const needed = filesIn('lib').map((file) => `lib/${file}`)
  expect(needed.filter((file) => !workshop.test(file) && !files.includes(file))).toEqual([])
})

test('every path that package.json names is in the tarball', () => {
  const { bin, exports, imports } = JSON.parse(read('package.json'))
  const named = pathsIn([bin, exports, imports])
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((path) => !files.includes(path))).toEqual([])
})

function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return [normalize(value)]
  return Object.values(value as object).flatMap(pathsIn)
}

test('every file that a file of dist refers to is in the tarball', () => {
  const reference =
    /(?:from |import |import\(|new URL\(|sourceMappingURL=)['"`]?(\.{0,2}[\w./$-]*[{}\w./-]*)/g
  const references = files
    .filter((file) => /^dist\/.*\.(js|d\.ts)$/.test(file))
    .flatMap((file) => [...read(file).matchAll(reference)].map(([, path = '']) => ({ file, path })))
    // A name without a dot in front is that of a package, but for a map.
    .filter(({ path }) => /^\.|\.map$/.test(path))
  expect(references.filter(({ path }) => /\.(css|cjs)$/.test(path)).length).toBeGreaterThan(5)
  expect(references.filter(({ file, path }) => !exists(join(dirname(file), path)))).toEqual([])
})

function exists(path: string): boolean {
  // Declarations name each other with the extension of the source.
  if (files.includes(path) || files.includes(path.replace(/\.tsx?$/, '.d.ts'))) return true
  // A path that is made at run time, such as `./handlers/entry/${name}.js`, or a folder.
  const [known = ''] = path.split('$')
  return known.endsWith('/') && files.some((file) => file.startsWith(known))
}

test('every compiled file has its types, and every map the source that it names', () => {
  const compiled = files.filter((file) => /^dist\/.*\.js$/.test(file))
  expect(compiled.filter((file) => !files.includes(file.replace(/\.js$/, '.d.ts')))).toEqual([])
  const maps = files.filter((file) => file.endsWith('.map'))
  const sources = maps.flatMap((file) =>
    (JSON.parse(read(file)).sources as string[]).map((source) => join(dirname(file), source)),
  )
  expect(sources.filter((source) => !files.includes(source))).toEqual([])
})

test('the program can be run: it has a shebang and may be executed', async () => {
  const { bin } = JSON.parse(read('package.json'))
  const program = bin['next-cache-versions']
  expect(read(program)).toMatch(/^#!\/usr\/bin\/env node\n/)
  // The script `prepare` sets it, for tsc does not.
  expect(statSync(join(unpacked, program)).mode & 0o111).toBe(0o111)
})
