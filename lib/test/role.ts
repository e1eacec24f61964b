import { randomBytes } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import type { TestDatabase } from './database.ts'

export interface Role {
  readonly name: string
  /** The database's address for this role. */
  readonly url: string
  readonly sql: Sql
  /** Roles belong to the whole server: drop each before its database. */
  drop(): Promise<void>
}

/** Makes a role that may sign in to the database, and do nothing else in it than everybody may. */
export async function createRole(database: TestDatabase): Promise<Role> {
  const name = `role_${randomBytes(6).toString('hex')}`
  await database.sql`create role ${database.sql(name)} login`
  const url = Object.assign(new URL(database.url), { username: name }).href
  const sql = postgres(url, { max: 2, onnotice: () => {} })
  return {
    name,
    url,
    sql,
    async drop() {
      await sql.end({ timeout: 5 })
      await database.sql`drop owned by ${database.sql(name)} cascade`
      await database.sql`drop role ${database.sql(name)}`
    },
  }
}
