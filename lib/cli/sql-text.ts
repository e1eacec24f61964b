import { UsageError } from './usage-error.ts'

/** The text of SQL in quotes. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/**
 * Writes the name of a table as Postgres spells it, from `table` or `schema.table` as it is in the database: a capital
 * letter is kept, which in SQL takes quotes.
 */
export function tableName(given: string): string {
  const parts = given.split('.')
  const isName = parts.length <= 2 && parts.every((part) => /^[^\s\p{Cc}"'\\]+$/u.test(part) && isShort(part))
  if (!isName) {
    throw new UsageError(
      `${JSON.stringify(given)} is not the name of a table. Write it as table or schema.table, without quotes or spaces.`,
    )
  }
  return parts.map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : `"${part}"`)).join('.')
}

function isShort(identifier: string): boolean {
  // Postgres cuts longer ones without an error.
  return Buffer.byteLength(identifier) <= 63
}
