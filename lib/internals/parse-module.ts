import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A part of a parsed text: `text.slice(start, end)`. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
}

/** Returns the statements of a JavaScript or TypeScript module; throws a SyntaxError for what is neither. */
export type ParseModule = (text: string) => readonly SyntaxNode[]

/**
 * Returns the parser that Next brings along for apps with a Babel configuration (`compiled/babel/parser.js`), in the
 * Next of the app in the folder. `typescript` 7 has no parser for JavaScript programs, and an app may have none at all.
 */
export function moduleParser(folder: string): ParseModule {
  const { parse } = createRequire(join(folder, 'package.json'))('next/dist/compiled/babel/parser')
  return (text) =>
    parse(text, { sourceType: 'unambiguous', plugins: ['typescript'], allowReturnOutsideFunction: true })
      .program.body
}
