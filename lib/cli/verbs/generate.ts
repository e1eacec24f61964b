import { breakpoint, type PackageSql, packageSql, versionIn } from '../../sql/package-sql.ts'
import { customMigration } from '../../sql/upgrade-sql.ts'
import { changeOptions, writeOrRestore } from '../change.ts'
import { CommandError } from '../command-error.ts'
import { findMigrationsFolder, type Migration, migrationTexts } from '../drizzle/migrations.ts'
import { verb } from '../verb.ts'

export const generate = verb({
  about: `Writes the custom migration of drizzle-kit that makes the functions of the package, or upgrades tables and functions to
the newest version of its schema. It compares with the migrations that are there and needs no database; drizzle-kit
migrate applies what it wrote. Tables come by the Drizzle schema: run drizzle-kit generate before it.`,
  options: { config: changeOptions.config },
  hasDryRun: true,
  json: '{"migration", "from", "to"}',
  async run({ values, dryRun, invocation }) {
    const { command, program } = invocation
    const folder = await findMigrationsFolder(invocation, values.config)
    if (!folder) {
      throw new CommandError(
        `There is no drizzle-kit with a configuration here. Apply the upgrade with: ${command('migrate')}, or print it with: ${command('sql')} --from 1`,
      )
    }
    const sql = packageSql()
    const from = versionIn(migrationTexts(folder.path).join('\n')) ?? 0
    const json = { migration: null, from, to: sql.version }
    if (from >= sql.version) {
      const text = `The migrations make version ${from} of the schema, and lack nothing. Apply them: ${program('drizzle-kit migrate')}`
      return { text, json }
    }
    const migration = from === 0 ? firstMigration(sql) : customMigration({ from }, sql)
    if (dryRun) return { text: `Would write a migration "${migration.name}" to ${folder.config.out}.`, json }
    const path = await writeOrRestore(migration, folder)
    const text = `Wrote ${path}: ${migration.comment.join(' ')}\nApply it: ${program('drizzle-kit migrate')}`
    return { text, json: { ...json, migration: path } }
  },
})

function firstMigration({ functions }: PackageSql): Migration {
  return {
    name: 'cache_versions_functions',
    comment: ['Makes the functions of next-cache-versions.'],
    statements: functions.split(breakpoint),
  }
}
