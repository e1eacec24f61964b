import { CacheVersionsError } from '../base/error.ts'
import { packageRemedy, upgradeRemedy } from '../postgres/remedy.ts'

/** The schema that this package was made for: the one that `functions.sql` makes. */
export const schemaVersion = 2

/** The oldest schema on which it works. Raise it together with code that asks for what a step has added. */
const oldestSchemaVersion = 1

/** The schema in the database, as it tells of itself. */
export interface InstalledSchema {
  readonly version: number
  /** Packages that were made for a schema before this one cannot invalidate. */
  readonly breaking: number
}

/**
 * Compares the installed schema with the one that the package was made for. Returns advice where they differ and work
 * together all the same.
 *
 * See docs/decisions/0047-the-schema-tells-its-version.md
 *
 * @throws CacheVersionsError `not-migrated` for one that is too old, `unsupported-schema` for one that is too new.
 */
export function checkSchema(
  { version, breaking }: InstalledSchema,
  { newest, oldest }: { newest: number; oldest: number } = {
    newest: schemaVersion,
    oldest: oldestSchemaVersion,
  },
): string | undefined {
  const fact = `The schema of cache versions in the database is version ${version}, and this package`
  if (breaking > newest) {
    throw new CacheVersionsError(
      'unsupported-schema',
      `${fact} was made for ${newest}: its invalidations are refused. ${packageRemedy()}`,
    )
  }
  if (version < oldest)
    throw new CacheVersionsError('not-migrated', `${fact} needs ${oldest}. ${upgradeRemedy()}`)
  return version < newest ? `${fact} brings ${newest}. They work together. ${upgradeRemedy()}` : undefined
}
