import { parseArgs } from 'node:util'

export interface PortOptions {
  /** Undefined when none was asked for, on the command line or by the variable PORT. */
  port?: number
}

/**
 * Reads the options of a script that takes `--port`. Prints the usage on `--help`; ends with 2 on a mistake.
 */
export function readPortOptions(usage: string): PortOptions {
  const { port } = read(usage, {
    port: { type: 'string', short: 'p' },
    help: { type: 'boolean', short: 'h' },
  })
  const wished = port ?? process.env.PORT
  if (!wished) return {}

  const number = Number(wished)
  if (Number.isInteger(number) && number > 0 && number < 65_536) return { port: number }
  return fail(usage, `"${wished}" is not a port. Give a number from 1 to 65535.`)
}

/** The same for a script that takes no options. */
export function readNoOptions(usage: string): void {
  read(usage, { help: { type: 'boolean', short: 'h' } })
}

type Definitions = Record<string, { type: 'string' | 'boolean'; short: string }>

function read(usage: string, options: Definitions): { port?: string } {
  try {
    const { values } = parseArgs({ options, allowPositionals: false })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    return typeof values.port === 'string' ? { port: values.port } : {}
  } catch (error) {
    return fail(usage, `${(error as Error).message.split('. ')[0]}.`)
  }
}

function fail(usage: string, mistake: string): never {
  console.error(`[cache-versions] ${mistake}\n\n${usage}`)
  process.exit(2)
}
