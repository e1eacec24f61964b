import { styleText } from 'node:util'

/** Colours the text where a person reads it: on a terminal, unless `NO_COLOR` is set. */
export function styled(stream: NodeJS.WriteStream, format: 'red' | 'green' | 'dim', text: string): string {
  const coloured = stream.isTTY && !process.env.NO_COLOR && stream.hasColors()
  return coloured ? styleText(format, text) : text
}
