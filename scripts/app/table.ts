/** Prints names and values, one a line, the values in one column. */
export function printTable(rows: Record<string, string>): void {
  const width = Math.max(...Object.keys(rows).map((name) => name.length))
  const lines = Object.entries(rows).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
  console.log(`\n${lines.join('\n')}\n`)
}
