import { sql } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** The ids from the category up to its root; none when it does not exist. */
export async function pathIds(tx: PgDatabase<PgQueryResultHKT>, id: number): Promise<number[]> {
  const rows = await tx.execute(sql`
    with recursive path as (
      select id, parent_id from categories where id = ${id}
      union all select c.id, c.parent_id from categories c join path on c.id = path.parent_id
    ) select id from path`)
  return (rows as { id: number }[]).map((row) => row.id)
}
