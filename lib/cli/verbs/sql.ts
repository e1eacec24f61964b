import { functionsSql, schemaSql } from '../package-sql.ts'
import { verb } from '../verb.ts'

export const sql = verb({
  about: `Prints the SQL that makes the tables and functions of the package in a database that has none of them, for any
migration tool, in one transaction.`,
  options: {
    functions: {
      type: 'boolean',
      about: 'Only the functions: an app with the Drizzle schema has the tables by that',
    },
  },
  json: '{"sql"}',
  examples: ['--functions > functions.sql', '| psql --single-transaction -v ON_ERROR_STOP=1 $DATABASE_URL'],
  async run({ values }) {
    const sql = values.functions ? functionsSql() : schemaSql()
    return { text: sql.trimEnd(), json: { sql } }
  },
})
