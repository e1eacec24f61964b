import { closeDatabase } from '../postgres/database.ts'
import { endLease } from './lease/keep.ts'

/**
 * Closes the connections, so that a script can end at once. They open again when they are needed, and close by
 * themselves after 10 idle seconds.
 */
export async function closeCacheVersions(): Promise<void> {
  await endLease()
  await closeDatabase()
}
