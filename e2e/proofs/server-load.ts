import pg from 'pg'

const writers = 4

export interface Load {
  /** Throws what went wrong before Postgres was killed. */
  failed(): void
  /** Kills Postgres and waits for the writers, who then fail. */
  endWith(kill: () => Promise<void>): Promise<void>
}

/** Starts writers; each transaction that Postgres has committed is `acknowledged`, by its id. */
export function startLoad(url: string, acknowledged: string[]): Load {
  const failures: unknown[] = []
  let killed = false
  const writing = Array.from({ length: writers }, () =>
    writeForEver(url, acknowledged).catch((error: unknown) => {
      if (!killed) failures.push(error)
    }),
  )
  const failed = () => {
    if (failures.length > 0) throw failures[0]
  }
  return {
    failed,
    async endWith(kill) {
      failed()
      killed = true
      await kill()
      await Promise.all(writing)
    },
  }
}

/** With node-postgres, because postgres.js 3.4.9 throws into the void when its server goes while it writes. */
async function writeForEver(url: string, acknowledged: string[]): Promise<never> {
  const client = new pg.Client({ connectionString: url, query_timeout: 20_000 })
  // The query that is under way rejects as well.
  client.on('error', () => {})
  await client.connect()
  try {
    for (;;) acknowledged.push(await write(client))
  } finally {
    await client.end().catch(() => {})
  }
}

/** One transaction: two caches by name, or one by its trigger. Gives the transaction's id. */
async function write(client: pg.Client): Promise<string> {
  const byTrigger = Math.random() < 0.3
  const changed = byTrigger ? ['server-2'] : ['server-0', 'server-1']
  await client.query('begin')
  await client.query('insert into noted_changes (cache) select unnest($1::text[])', [changed])
  if (byTrigger) await client.query('insert into watched values (1)')
  else await client.query('select invalidate_cache(variadic $1::text[])', [changed])
  const { rows } = await client.query<{ txid: string }>('select pg_current_xact_id()::text as txid')
  await client.query('commit')
  return rows[0]?.txid ?? ''
}
