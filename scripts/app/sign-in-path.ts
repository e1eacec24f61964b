import { databaseUrl } from '../postgres/database-url.ts'
import { project } from '../project.ts'
import { setting } from '../setting.ts'

/** Makes the path that signs in to the admin page, once, on whichever server of the app's database. */
export async function signInPath(page = '/admin/caches'): Promise<string> {
  const own = setting('CACHE_VERSIONS_DATABASE_URL', project)
  if (own) process.env.CACHE_VERSIONS_DATABASE_URL = own
  else process.env.DATABASE_URL = (await databaseUrl()).url
  // Not at the top: `pnpm dev` compiles the package before it needs this.
  const { closeCacheVersions, createCacheAdminToken } = await import('next-cache-versions')
  try {
    return `${page}/session?token=${await createCacheAdminToken()}`
  } finally {
    await closeCacheVersions()
  }
}
