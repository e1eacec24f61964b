import { chooseDatabase } from '../command/database.ts'

/** Makes the path that signs in to the admin page, once, on whichever server of the app's database. */
export async function signInPath(page = '/admin/caches'): Promise<string> {
  await chooseDatabase()
  // Not at the top: `pnpm dev` compiles the package before it needs this.
  const { closeCacheVersions, createCacheAdminToken } = await import('next-cache-versions')
  try {
    return `${page}/session?token=${await createCacheAdminToken()}`
  } finally {
    await closeCacheVersions()
  }
}
