import { databaseVariables } from '../postgres/database-url.ts'
import { closeCacheVersions } from '../versions/close.ts'
import type { Invocation } from './invocation.ts'

/** Points the package, which has one database a process, at the invocation's while the work is done. */
export async function withDatabase<T>(invocation: Invocation, work: () => Promise<T>): Promise<T> {
  const [variable] = databaseVariables
  const url = await invocation.databaseUrl()
  const before = process.env[variable]
  process.env[variable] = url
  try {
    return await work()
  } finally {
    await closeCacheVersions()
    if (before === undefined) delete process.env[variable]
    else process.env[variable] = before
  }
}
