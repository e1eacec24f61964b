import { join } from 'node:path'
import { readClients } from './clients.ts'
import { connect, keeperName, urlOf } from './connection.ts'
import type { Postgres } from './ensure-postgres.ts'
import { findServer, isServerOf, type Server } from './server.ts'
import { stopServer } from './stop-server.ts'
import { until } from './until.ts'

/**
 * Tells the keeper of a Postgres that this process needs it no more, and waits, for 10 seconds at most, until
 * it has stopped or until it is plain that others use it. End your own connections first.
 */
export async function releasePostgres({ folder }: Postgres): Promise<'stopped' | 'in use'> {
  const data = join(folder, 'data')
  const server = await findServer(data)
  if (!server) return 'stopped'

  const sql = connect(urlOf(server.port, 'postgres'), `${keeperName}'s visitor`)
  try {
    const { keepers, count } = await readClients(sql)
    for (const pid of keepers) send(pid)
    if (count > 0) return 'in use'
    if (keepers.length === 0) await stopServer(data, server.pid)
    return await until('Postgres to stop', 10, () => outcome(sql, data, server))
  } catch {
    // It goes while it is asked, or it does not go within the bound and its keeper sees to it.
    return isServerOf(data, server.pid) ? 'in use' : 'stopped'
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function outcome(sql: ReturnType<typeof connect>, data: string, server: Server) {
  if (!isServerOf(data, server.pid)) return 'stopped'
  const clients = await readClients(sql).catch(() => undefined)
  return clients && clients.count > 0 ? 'in use' : undefined
}

/** A keeper that another user started cannot be told; it stops Postgres after its grace. */
function send(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch {}
}
