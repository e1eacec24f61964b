import { type ParseArgsConfig, parseArgs } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>['values']

/**
 * Reads the options of a script, with those of its own. Prints the usage on `--help`; ends the process with 2 on a
 * mistake. Without names a script takes no arguments but options.
 */
export function readOptions<const T extends Options>(
  usage: string,
  options: T,
  takes: 'options' | 'names' = 'options',
): { values: Values<T>; names: string[] } {
  try {
    const help = { help: { type: 'boolean', short: 'h' } } as const
    const { values, positionals } = parseArgs({
      options: { ...help, ...options },
      allowPositionals: takes === 'names',
    })
    if ((values as { help?: boolean }).help) {
      console.log(usage.trimEnd())
      process.exit(0)
    }
    return { values: values as Values<T>, names: positionals }
  } catch (error) {
    return endWithUsage(usage, `${(error as Error).message.split('. ')[0]}.`)
  }
}

/** Returns the number of an option, or undefined where it was not given. */
export function readNumber(
  usage: string,
  name: string,
  text: string | undefined,
  largest = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number <= largest) return number
  const bound = largest === Number.MAX_SAFE_INTEGER ? 'above 0' : `from 1 to ${largest}`
  return endWithUsage(usage, `--${name} is "${text}". Give a whole number ${bound}.`)
}

export const portOption = { port: { type: 'string', short: 'p' } } as const

/** Returns the port that was asked for, on the command line or by the variable PORT. */
export function readPort(usage: string, text = process.env.PORT || undefined): number | undefined {
  return readNumber(usage, 'port', text, 65_535)
}

/** Says what is wrong, prints the usage and ends the process with 2. */
export function endWithUsage(usage: string, mistake: string): never {
  console.error(`[cache-versions] ${mistake}\n\n${usage.trimEnd()}`)
  process.exit(2)
}
