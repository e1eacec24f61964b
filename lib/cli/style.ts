import { styleText } from 'node:util'

/** Where a verb writes: a stream of the process, or something that collects the text. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  hasColors?(): boolean
}

/** Colours the text where a person reads it: on a terminal, unless `NO_COLOR` is set. */
export function styled(
  output: Output,
  env: NodeJS.Dict<string>,
  format: 'red' | 'dim',
  text: string,
): string {
  const isColoured = output.isTTY && !env.NO_COLOR && output.hasColors?.()
  return isColoured ? styleText(format, text) : text
}
