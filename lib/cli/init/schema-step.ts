import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { type App, textOfFile } from './app.ts'
import type { Step } from './plan.ts'

const line = "export * from 'next-cache-versions/schema'"

/** Re-exports the tables of the package in the Drizzle schema of the app, in the places that drizzle-kit reads. */
export function schemaStep({ cwd }: App, patterns: readonly string[]): Step {
  const places = patterns.map((pattern) => placeOf(cwd, posix.normalize(pattern)))
  const file = places.find((place) => place !== undefined)
  const has = places.find((place) => place && filesOf(cwd, place).some(exportsTables))
  if (has) return { kept: `${isOneOfMany(has) ? dirname(has) : has} exports the tables` }
  if (file === undefined) {
    const why = `nobody can tell which files ${JSON.stringify(patterns)} names`
    return { byHand: { file: 'the Drizzle schema', why, lines: [line] } }
  }
  const before = textOfFile(cwd, file)
  return { edit: { file, before, after: withLine(before) } }
}

/** The file for the line that this path or pattern of the configuration names. */
function placeOf(cwd: string, pattern: string): string | undefined {
  const parts = pattern.split('/')
  const magic = parts.findIndex((part) => /[*?{}[\]!()]/.test(part))
  if (magic === -1) {
    const path = statSync(join(cwd, pattern), { throwIfNoEntry: false })
    if (path?.isDirectory()) return posix.join(pattern, 'cache-versions.ts')
    return path ? pattern : undefined
  }
  const name = parts.at(-1) ?? ''
  const between = parts.slice(magic, -1)
  // Only `**` stands for no folder as well, so that a file right below is among those that are meant.
  if (!/^[^*?{}[\]!()]*\*[^*?{}[\]!()]*$/.test(name) || between.some((part) => part !== '**'))
    return undefined
  const file = posix.join(...parts.slice(0, magic), name.replace('*', 'cache-versions'))
  if (!statSync(join(cwd, dirname(file)), { throwIfNoEntry: false })?.isDirectory()) return undefined
  return posix.extname(file) ? file : `${file}.ts`
}

/** The files of the schema: the one, or all of the folder in which it is to be one of many. */
function filesOf(cwd: string, place: string): string[] {
  if (!isOneOfMany(place)) return [join(cwd, place)]
  const folder = join(cwd, dirname(place))
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && /\.[cm]?[jt]sx?$/.test(file.name))
    .map(({ parentPath, name }) => join(parentPath, name))
}

function isOneOfMany(place: string): boolean {
  return posix.basename(place).startsWith('cache-versions')
}

function exportsTables(path: string): boolean {
  return readFileSync(path, 'utf8').includes('next-cache-versions/schema')
}

function withLine(before: string | undefined): string {
  if (before === undefined || before.trim() === '') return `${line}\n`
  const eol = before.includes('\r\n') ? '\r\n' : '\n'
  const own = /;\s*$/.test(before) ? `${line};` : line
  return `${before.replace(/\s*$/, '')}${eol}${eol}${own}${eol}`
}
