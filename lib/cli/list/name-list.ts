/** A name of an array literal in source text, with its quotes: `text.slice(start, end)`. */
export interface ListedName {
  name: string
  start: number
  end: number
}

/** Where the text between the brackets of an array of names begins and ends, and what it holds. */
export interface NameList {
  start: number
  end: number
  names: readonly ListedName[]
  commas: readonly number[]
}

export const listStart = /^export const caches\s*=\s*\[/m

/** Finds `export const caches = ['…', …]`; undefined when it is not there or holds more than names and comments. */
export function findNameList(text: string): NameList | undefined {
  const declaration = listStart.exec(text)
  if (!declaration) return undefined
  const start = declaration.index + declaration[0].length
  const names: ListedName[] = []
  const commas: number[] = []
  const token = /\s+|\/\/.*|\/\*[\s\S]*?\*\/|(,)|'([^'\\\n]*)'|"([^"\\\n]*)"/y
  token.lastIndex = start
  for (;;) {
    const at = token.lastIndex
    const match = token.exec(text)
    if (!match) return text[at] === ']' ? { start, end: at, names, commas } : undefined
    const name = match[2] ?? match[3]
    if (match[1]) commas.push(at)
    if (name !== undefined) names.push({ name, start: at, end: token.lastIndex })
  }
}
