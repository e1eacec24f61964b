import { createInterface } from 'node:readline/promises'

/** Asks a person, where one sits at the terminal. */
export function terminalQuestion(): ((question: string) => Promise<string>) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  return async (question) => {
    // Beside the answer of the verb, which may be on its way to a file.
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return (await terminal.question(question)).trim()
    } finally {
      terminal.close()
    }
  }
}
