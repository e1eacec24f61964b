import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

/**
 * Writes strings as Postgres reads them whatever `standard_conforming_strings` is, by the rule of its own libpq. No text
 * of Postgres holds the character NUL, at which a message would end.
 */
class LiteralDialect extends PgDialect {
  override escapeString(text: string): string {
    return `E'${text.replaceAll('\0', '\uFFFD').replace(/['\\]/g, '$&$&')}'`
  }
}

/** The statement with its values in place: several in one message take no parameters. */
export function withLiterals(query: SQL): string {
  return new LiteralDialect().sqlToQuery(query.inlineParams()).sql
}
