import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

/** Writes strings as Postgres reads them whatever `standard_conforming_strings` is, by the rule of its own libpq. */
class LiteralDialect extends PgDialect {
  override escapeString(text: string): string {
    return `E'${text.replace(/['\\]/g, '$&$&')}'`
  }
}

/** The statement with its values in place: several in one message take no parameters. */
export function withLiterals(query: SQL): string {
  return new LiteralDialect().sqlToQuery(query.inlineParams()).sql
}
