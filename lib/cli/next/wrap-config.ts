import type { ParseModule, SyntaxNode } from '../../internals/parse-module.ts'

/** The text of a configuration with `withCacheVersions` around its value, or why there is none. */
export type Wrapping =
  | { readonly kind: 'wrapped'; readonly text: string }
  | { readonly kind: 'already' }
  | { readonly kind: 'refused'; readonly why: string }

const from = 'next-cache-versions/config'

interface Value {
  /** The range in the text of what is exported, which becomes the argument. */
  readonly start: number
  readonly end: number
  readonly isCommonJs: boolean
  /** A declaration ends without a semicolon, and the call that it becomes may need one. */
  readonly isDeclaration: boolean
}

/**
 * Puts `withCacheVersions` around whatever the configuration exports, and looks at the result before it returns it.
 *
 * See docs/decisions/0052-the-configuration-is-parsed-and-loaded-by-next.md
 */
export function wrapConfig(text: string, parse: ParseModule): Wrapping {
  if (text.includes(from)) return { kind: 'already' }
  if (/\bwithCacheVersions\b/.test(text)) return refused('it has something else named withCacheVersions')
  let body: readonly SyntaxNode[]
  try {
    body = parse(text)
  } catch (error) {
    return refused(`it cannot be parsed (${error instanceof Error ? error.message : error})`)
  }
  const value = exportedValue(body, text)
  if (typeof value === 'string') return refused(value)
  const wrapped = insertImport(text, body, value)
  return isSound(wrapped, parse, body.length + 1)
    ? { kind: 'wrapped', text: wrapped }
    : refused('no safe place in it was found')
}

function refused(why: string): Wrapping {
  return { kind: 'refused', why }
}

/** A node with the properties that some types have. */
type AnyNode = SyntaxNode & {
  readonly declaration?: AnyNode
  readonly expression?: AnyNode
  readonly left?: AnyNode
  readonly right?: AnyNode
  readonly id?: { readonly name: string } | null
  readonly callee?: AnyNode
  readonly name?: string
  readonly arguments?: readonly AnyNode[]
}

function exportedValue(body: readonly AnyNode[], text: string): Value | string {
  const exported = body.find(({ type }) => type === 'ExportDefaultDeclaration')?.declaration
  if (exported) return rangeOf(exported, text, false)
  const assigned = body.flatMap(({ expression }) =>
    expression?.type === 'AssignmentExpression' && isModuleExports(expression.left, text)
      ? (expression.right ?? [])
      : [],
  )
  const [only] = assigned
  if (!only) return 'it has neither `export default` nor `module.exports =` at its top level'
  if (assigned.length > 1 || (text.match(/\bexports\b/g) ?? []).length > 1) {
    return 'it assigns to its exports in more than one place'
  }
  return rangeOf(only, text, true)
}

function isModuleExports(node: AnyNode | undefined, text: string): boolean {
  return node !== undefined && text.slice(node.start, node.end) === 'module.exports'
}

function rangeOf({ type, id, start, end }: AnyNode, text: string, isCommonJs: boolean): Value | string {
  if (type === 'ClassDeclaration' || type === 'SequenceExpression') return `it exports a ${type}`
  const isDeclaration = type === 'FunctionDeclaration'
  const uses = isDeclaration && id ? (text.match(new RegExp(`\\b${id.name}\\b`, 'g')) ?? []).length : 1
  if (uses > 1) return `"${id?.name}" is used elsewhere in it, too`
  return { start, end, isCommonJs, isDeclaration }
}

function insertImport(text: string, body: readonly AnyNode[], value: Value): string {
  const { start, end, isCommonJs, isDeclaration } = value
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const style = styleOf(text, body)
  const specifier = `${style.quote}${from}${style.quote}`
  const line = isCommonJs
    ? `const { withCacheVersions } = require(${specifier})${style.semicolon}`
    : `import { withCacheVersions } from ${specifier}${style.semicolon}`
  const call = `withCacheVersions(${text.slice(start, end)})${isDeclaration ? style.semicolon : ''}`
  const wrapped = text.slice(0, start) + call + text.slice(end)
  const last = body.filter(({ type }) => type === 'ImportDeclaration').at(-1)
  if (last) {
    const at = text.indexOf('\n', last.end)
    return at === -1
      ? `${wrapped}${eol}${line}`
      : `${wrapped.slice(0, at + 1)}${line}${eol}${wrapped.slice(at + 1)}`
  }
  const at = beginning(text)
  return `${wrapped.slice(0, at)}${line}${eol}${wrapped.startsWith(eol, at) ? '' : eol}${wrapped.slice(at)}`
}

/** After what has to stay first: `// @ts-check`, `'use strict'`. A comment with `@type` stays with its statement. */
function beginning(text: string): number {
  return /^(?:[ \t]*(?:\/\/[^\n]*|#![^\n]*|(['"])use strict\1;?[ \t]*)?\r?\n)*/.exec(text)?.[0].length ?? 0
}

function styleOf(text: string, body: readonly AnyNode[]): { quote: string; semicolon: string } {
  const quotes = { "'": 0, '"': 0 }
  for (const [quote] of text.matchAll(/['"]/g)) quotes[quote as "'" | '"']++
  const last = body.filter(({ type }) => !type.endsWith('Declaration') || type === 'ImportDeclaration').at(-1)
  const ends = last ?? body.at(-1)
  return {
    quote: quotes['"'] > quotes["'"] ? '"' : "'",
    semicolon: ends && text[ends.end - 1] === ';' ? ';' : '',
  }
}

/** Whether it has one statement more and one call around one value: a line may have gone on, or the import astray. */
function isSound(wrapped: string, parse: ParseModule, statements: number): boolean {
  try {
    const body: readonly AnyNode[] = parse(wrapped)
    const call = body
      .map((node) => (node.type === 'ExportDefaultDeclaration' ? node.declaration : node.expression?.right))
      .find((node) => node?.type === 'CallExpression' && node.callee?.name === 'withCacheVersions')
    return body.length === statements && call?.arguments?.length === 1
  } catch {
    return false
  }
}
