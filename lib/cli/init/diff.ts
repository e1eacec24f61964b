import type { Edit } from './plan.ts'

/** Lists an edit line by line: the removed lines with their old numbers, the added ones with their new. */
export function listing({ file, before, after }: Edit): string {
  const lines = before === undefined ? added(linesOf(after), 0) : changes(linesOf(before), linesOf(after))
  return [`${file}${before === undefined ? ' (new)' : ''}`, ...lines].join('\n')
}

function linesOf(text: string): string[] {
  if (text === '') return []
  return text.replace(/\r?\n$/, '').split(/\r?\n/)
}

/** Edits are few lines apart, so a longest common subsequence of what differs is small. */
function changes(old: readonly string[], now: readonly string[]): string[] {
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start++
  let end = 0
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++
  return compare(old.slice(start, old.length - end), now.slice(start, now.length - end), start)
}

function compare(old: readonly string[], now: readonly string[], offset: number): string[] {
  // common[i][j]: how many lines old from i on and now from j on share.
  const common = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0))
  const at = (i: number, j: number) => common[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const row = common[i] as number[]
      row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: string[] = []
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i++
      j++
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(line(offset + i, '-', old[i++] ?? ''))
    } else {
      lines.push(line(offset + j, '+', now[j++] ?? ''))
    }
  }
  return lines
}

function added(lines: readonly string[], offset: number): string[] {
  return lines.map((text, index) => line(offset + index, '+', text))
}

function line(index: number, sign: '+' | '-', text: string): string {
  return `${String(index + 1).padStart(5)} ${sign} ${text}`.trimEnd()
}
