import { CacheVersionsError } from '../base/error.ts'
import type { Statement } from './statement.ts'

/** A transaction, or a connection, of a client for Postgres. None of them has to be installed. */
export type PostgresClient =
  | DrizzleClient
  | PostgresJsClient
  | PrismaClient
  | KyselyClient
  | KnexClient
  | NodePostgresClient

/** Drizzle, whatever its driver. */
interface DrizzleClient {
  execute(query: string): PromiseLike<unknown>
}

interface PostgresJsClient {
  unsafe(query: string): PromiseLike<unknown>
}

interface PrismaClient {
  $queryRawUnsafe(query: string): PromiseLike<unknown>
}

interface KyselyClient {
  executeQuery(query: KyselyQuery): PromiseLike<unknown>
}

/** As `CompiledQuery.raw(text)` makes it. */
interface KyselyQuery {
  readonly query: {
    readonly kind: 'RawNode'
    readonly sqlFragments: readonly string[]
    readonly parameters: readonly never[]
  }
  readonly queryId: { readonly queryId: string }
  readonly sql: string
  readonly parameters: readonly unknown[]
}

interface KnexClient {
  raw(query: string): PromiseLike<unknown>
}

/** node-postgres, Neon's driver and PGlite. */
interface NodePostgresClient {
  query(query: string): PromiseLike<unknown>
}

/** Runs the statement in the client's transaction and returns its rows. */
export async function runIn(client: PostgresClient, { text }: Statement): Promise<unknown[]> {
  const answer = await send(client, text)
  // Drizzle, postgres.js and Prisma return the rows, the others an object that contains them.
  return Array.isArray(answer) ? answer : (answer as { rows: unknown[] }).rows
}

/** Selects the client by a method that only it has: Drizzle has `query` too, for another purpose. */
function send(client: PostgresClient, text: string): PromiseLike<unknown> {
  if ('unsafe' in client) return client.unsafe(text)
  if ('$queryRawUnsafe' in client) return client.$queryRawUnsafe(text)
  if ('executeQuery' in client) return client.executeQuery(kyselyQuery(text))
  if ('execute' in client) return client.execute(text)
  if ('raw' in client) return client.raw(text)
  if ('query' in client) return client.query(text)
  throw new CacheVersionsError(
    'invalid-argument',
    'tx is no transaction that is known. Give one of Drizzle, postgres.js, node-postgres, Kysely, Knex or Prisma, or run this in yours: select invalidate_cache(…).',
  )
}

function kyselyQuery(text: string): KyselyQuery {
  return {
    query: { kind: 'RawNode', sqlFragments: [text], parameters: [] },
    queryId: { queryId: 'next-cache-versions' },
    sql: text,
    parameters: [],
  }
}
