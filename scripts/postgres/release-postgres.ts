import { join } from 'node:path'
import { until } from '../until.ts'
import { askedAt } from './asked.ts'
import { connect, hasClients, leavingName, urlOf } from './connection.ts'
import type { Postgres } from './ensure-postgres.ts'
import { findServer, stopServer } from './server.ts'

/** Who was told the URL this recently is about to connect. */
const millisecondsToConnect = 1000

/**
 * Stops a Postgres that this process needs no more, unless others use it: then its keeper stops it when they have gone.
 * End your own connections first. Returns whether it is stopped.
 */
export async function releasePostgres({ folder }: Pick<Postgres, 'folder'>): Promise<boolean> {
  const data = join(folder, 'data')
  const server = await findServer(data)
  if (!server) return true
  const sql = connect(urlOf(server.port, 'postgres'), leavingName)
  try {
    // The last connections of those who have ended may take a moment to close.
    await until('everybody to leave Postgres', 2, async () => {
      const isInUse = (await hasClients(sql)) || Date.now() - askedAt(folder) < millisecondsToConnect
      return isInUse ? undefined : true
    })
  } catch {
    return (await findServer(data)) === undefined
  } finally {
    await sql.end({ timeout: 1 })
  }
  await stopServer(data, server.pid)
  return true
}
