import { createInterface } from 'node:readline'
import { sql as statement } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { type CacheName, invalidateCache } from 'next-cache-versions'
import postgres from 'postgres'

// A client that is there to be killed. It changes two caches in one transaction, again and again, and says after each
// step what it has done. With "wait" it goes on only when it is told to.

const [url = '', pace = 'wait'] = process.argv.slice(2)
const orders = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const sql = postgres(url, { max: 1, connection: { application_name: `victim ${process.pid}` } })
const db = drizzle(sql)

await done('connect', sql`select`)
for (;;) {
  await db.transaction(async (tx) => {
    await done('begin')
    for (const cache of ['victim-0', 'victim-1']) {
      await done('change', tx.execute(statement`insert into noted_changes (cache) values (${cache})`))
      await done('invalidate', invalidateCache(cache as CacheName, { tx }))
    }
  })
  await done('commit')
}

async function done(step: string, work?: PromiseLike<unknown>): Promise<void> {
  await work
  process.stdout.write(`${step}\n`)
  if (pace === 'wait') await orders.next()
}
