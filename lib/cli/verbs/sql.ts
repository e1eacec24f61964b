import { freshSql, packageSql } from '../../sql/package-sql.ts'
import { upgradeSql } from '../../sql/upgrade-sql.ts'
import { UsageError } from '../usage-error.ts'
import { verb } from '../verb.ts'

export const sql = verb({
  about: `Prints the SQL that makes the tables and functions of the package in a database that has none of them or, with
--from, that upgrades them, for any migration tool, in one transaction.`,
  options: {
    functions: {
      type: 'boolean',
      about: 'Only the functions: an app with the Drizzle schema has the tables by that',
    },
    from: {
      type: 'string',
      value: 'VERSION',
      about: 'The version of the schema in the database: select cache_versions_schema_version()',
    },
    to: { type: 'string', value: 'VERSION', about: 'The version to upgrade to (default: the newest)' },
  },
  json: '{"sql"}',
  examples: [
    '--functions > functions.sql',
    '| psql --single-transaction -v ON_ERROR_STOP=1 $DATABASE_URL',
    '--from 1 --to 2',
  ],
  async run({ values: { functions, from, to } }) {
    const text =
      from === undefined
        ? freshText(functions, to)
        : upgradeSql({ from: versionOf(from), to: to === undefined ? undefined : versionOf(to) })
    return { text: text.trimEnd(), json: { sql: text } }
  },
})

function freshText(functions: boolean | undefined, to: string | undefined): string {
  if (to !== undefined) throw new UsageError('--to needs --from, the version of the schema in the database.')
  const all = packageSql()
  return functions ? all.functions : freshSql(all)
}

function versionOf(given: string): number {
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given)
  throw new UsageError(`${JSON.stringify(given)} is no version of the schema. Give a number, such as 1.`)
}
