import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { askedAt } from './asked.ts'
import { connect, hasClients, keeperName, urlOf } from './connection.ts'
import { findServer, stopServer } from './server.ts'

// The process that stops an embedded Postgres when nobody has been connected for the grace, or its data was removed.

/** Any number: nobody else takes locks in the database "postgres". */
const keeperLock = 1

const [folder = '', pid, graceSeconds] = process.argv.slice(2)
const data = join(folder, 'data')
const server = await findServer(data)
// Another one has a keeper of its own.
if (server?.pid !== Number(pid)) process.exit(0)

// The session holds the lock, so that of a killed keeper is free. It is closed when Postgres stops.
let pause = new AbortController()
const sql = connect(urlOf(server.port, 'postgres'), `${keeperName} ${process.pid}`, () => pause.abort())
const [lock] = await sql`select pg_try_advisory_lock(${keeperLock}) as mine`
if (!lock?.mine) process.exit(0)

process.on('SIGTERM', () => void stopServer(data, server.pid))
let busyAt = Date.now()
while (await isRunning()) {
  pause = new AbortController()
  // What cannot be read says nothing about who is connected.
  if (await hasClients(sql).catch(() => true)) busyAt = Date.now()
  else if (Date.now() - Math.max(busyAt, askedAt(folder)) > Number(graceSeconds) * 1000) break
  await delay(500, undefined, { signal: pause.signal }).catch(() => {})
}
await stopServer(data, server.pid)
process.exit(0)

async function isRunning(): Promise<boolean> {
  const found = await findServer(data)
  return found?.pid === server?.pid && found?.ready === true
}
