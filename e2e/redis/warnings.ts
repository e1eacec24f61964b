/** Keeps what is warned of, for tests, until it is ended. */
export function keepWarnings(): { readonly warnings: string[]; end(): void } {
  const { warn } = console
  const warnings: string[] = []
  console.warn = (message: unknown) => void warnings.push(String(message))
  return {
    warnings,
    end() {
      console.warn = warn
    },
  }
}
