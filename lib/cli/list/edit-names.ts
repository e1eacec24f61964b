import { findNameList, type ListedName, type NameList } from './name-list.ts'

const lineWidth = 110

/** The text with the name at the end of its list, written as the names before it are. */
export function withName(text: string, name: string): string | undefined {
  const list = findNameList(text)
  return list && verified(insert(text, list, name), [...namesOf(list), name])
}

/** The text with the name gone from its list, and its line with it when it had one of its own. */
export function withoutName(text: string, name: string): string | undefined {
  const list = findNameList(text)
  const index = list ? namesOf(list).indexOf(name) : -1
  return list && verified(remove(text, list, index), namesOf(list).toSpliced(index, 1))
}

/** Comments in odd places could mislead the edit; then there is no edit rather than a wrong one. */
function verified(text: string, names: readonly string[]): string | undefined {
  const list = findNameList(text)
  return list && namesOf(list).join() === names.join() ? text : undefined
}

function namesOf(list: NameList): string[] {
  return list.names.map(({ name }) => name)
}

function insert(text: string, list: NameList, name: string): string {
  const last = list.names.at(-1)
  const quoted = last && text[last.start] === '"' ? `"${name}"` : `'${name}'`
  if (!last) return splice(text, list.start, list.start, quoted)
  if (!beginsLine(text, last)) {
    const line = splice(text, last.end, last.end, `, ${quoted}`)
    return fits(line, list.start) ? line : onePerLine(text, list, quoted)
  }
  const comma = list.commas.find((at) => at >= last.end)
  const lineEnd = endOfLine(text, last.end)
  const inserted = `${newline(text)}${indentOf(text, last)}${quoted}${comma === undefined ? '' : ','}`
  const extended = splice(text, Math.min(lineEnd, list.end), Math.min(lineEnd, list.end), inserted)
  return comma === undefined ? splice(extended, last.end, last.end, ',') : extended
}

function onePerLine(text: string, list: NameList, quoted: string): string {
  const lines = [...list.names.map(({ start, end }) => text.slice(start, end)), quoted]
  const eol = newline(text)
  return splice(text, list.start, list.end, `${eol}${lines.map((line) => `  ${line},${eol}`).join('')}`)
}

function remove(text: string, list: NameList, index: number): string {
  const removed = list.names[index]
  const previous = list.names[index - 1]
  const next = list.names[index + 1]
  if (!removed) return text
  const comma = list.commas.find((at) => at >= removed.end)
  const lineEnd = endOfLine(text, removed.end)
  if (beginsLine(text, removed) && /^\s*,?\s*(\/\/.*)?$/.test(text.slice(removed.end, lineEnd))) {
    const shorter = splice(text, startOfLine(text, removed.start), lineEnd + newline(text).length, '')
    // The list had no comma at its end, so it gets none.
    const dangling = comma === undefined && previous ? list.commas.at(-1) : undefined
    return dangling === undefined ? shorter : splice(shorter, dangling, dangling + 1, '')
  }
  if (next) return splice(text, removed.start, next.start, '')
  if (previous) return splice(text, previous.end, removed.end, '')
  return splice(text, removed.start, comma === undefined ? removed.end : comma + 1, '')
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end)
}

function startOfLine(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  if (newline === -1) return text.length
  return text[newline - 1] === '\r' ? newline - 1 : newline
}

function indentOf(text: string, { start }: ListedName): string {
  return text.slice(startOfLine(text, start), start)
}

function beginsLine(text: string, name: ListedName): boolean {
  return indentOf(text, name).trim() === ''
}

function fits(text: string, at: number): boolean {
  return endOfLine(text, at) - startOfLine(text, at) <= lineWidth
}

function newline(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}
