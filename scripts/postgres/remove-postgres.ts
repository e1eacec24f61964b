import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Postgres } from './ensure-postgres.ts'
import { findServer, stopServer } from './server.ts'

/** Stops a Postgres, whoever is connected to it, and removes its data: for tests. Its keeper leaves by itself. */
export async function removePostgres({ folder }: Pick<Postgres, 'folder'>): Promise<void> {
  const data = join(folder, 'data')
  const server = await findServer(data)
  if (server) await stopServer(data, server.pid)
  await rm(folder, { recursive: true, force: true })
}
