/** A statement whose values stand in its text, as any driver sends it, and several in one message. */
export class Statement {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | boolean | null | undefined | readonly string[] | Statement

/** Writes the values as Postgres reads them, whatever its settings: text, numbers, lists of texts, other statements. */
export function sql(strings: TemplateStringsArray, ...values: readonly Value[]): Statement {
  return new Statement(String.raw({ raw: strings }, ...values.map(written)))
}

function written(value: Value): string {
  if (value instanceof Statement) return value.text
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return literal(value)
  if (typeof value === 'object') return `array[${value.map(literal).join(', ')}]::text[]`
  return String(value)
}

/**
 * No character is left in which a driver could read a parameter or Postgres an end of the text, whatever
 * `standard_conforming_strings` is. No text of Postgres holds the character NUL, at which a message would end.
 */
function literal(text: string): string {
  const escaped = text
    .replaceAll('\0', '\uFFFD')
    .replace(/[^\w /.,\u0080-\uFFFF-]/g, (character) => `\\x${hex(character)}`)
  return `E'${escaped}'`
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0')
}
