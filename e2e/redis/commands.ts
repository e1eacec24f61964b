/** Gives the commands that a client has sent as they become whole, for what stands in for a Redis in tests. */
export function commandReader(): (chunk: Buffer) => string[][] {
  let text = ''
  return (chunk) => {
    text += chunk.toString('latin1')
    const commands: string[][] = []
    for (let read = readCommand(text); read; read = readCommand(text)) {
      commands.push(read.command)
      text = text.slice(read.end)
    }
    return commands
  }
}

/** Undefined while the rest of the command is on its way. */
function readCommand(text: string): { command: string[]; end: number } | undefined {
  const count = numberAt(text, 0)
  if (!count) return undefined
  let { end } = count
  const command: string[] = []
  while (command.length < count.number) {
    const length = numberAt(text, end)
    if (!length || text.length < length.end + length.number + 2) return undefined
    command.push(Buffer.from(text.substr(length.end, length.number), 'latin1').toString())
    end = length.end + length.number + 2
  }
  return { command, end }
}

/** The number that stands there behind `*` or `$`. */
function numberAt(text: string, start: number): { number: number; end: number } | undefined {
  const lineEnd = text.indexOf('\r\n', start)
  return lineEnd < 0 ? undefined : { number: Number(text.slice(start + 1, lineEnd)), end: lineEnd + 2 }
}
