import { setTimeout as delay } from 'node:timers/promises'
import { askedAt } from './ask.ts'
import { readClients } from './clients.ts'
import { connect, keeperName, urlOf } from './connection.ts'
import type { Plan } from './plan.ts'
import { findServer, isServerOf, type Server } from './server.ts'
import { startServer } from './start-server.ts'
import { stopServer } from './stop-server.ts'

// The process that owns an embedded Postgres. It starts it, or adopts one whose keeper was killed, and stops
// it when nobody has been connected for the grace. After SIGTERM the grace is nought, until somebody asks for
// Postgres anew.

/** Who was told the URL this recently is about to connect, and must not find the door closed by a SIGTERM. */
const secondsToConnect = 2

const plan = JSON.parse(process.argv[2] ?? '') as Plan
const { data, folder } = plan.place
let hurriedAt = 0
let pause = new AbortController()
process.on('SIGTERM', hurry)
process.on('SIGINT', hurry)

try {
  const server = await startServer(plan)
  note(`keeps Postgres ${server.pid} on port ${server.port}`)
  note(await keep(server))
  process.exit(0)
} catch (error) {
  console.error(error)
  process.exit(1)
}

async function keep(server: Server): Promise<string> {
  const sql = connect(urlOf(server.port, 'postgres'), `${keeperName} ${process.pid}`)
  let busyAt = Date.now()
  while (isServerOf(data, server.pid)) {
    if (!(await findServer(data))) {
      await stopServer(data, server.pid)
      return 'stopped Postgres, for its data was removed'
    }
    // What cannot be read says nothing about who is connected.
    const clients = await readClients(sql).catch(() => undefined)
    if (clients?.hasOlderKeeper) return 'leaves it to the keeper that was first'
    if (clients?.count !== 0) busyAt = Date.now()
    else if (graceIsOver(busyAt)) {
      await stopServer(data, server.pid)
      return 'stopped Postgres, for nobody is connected'
    }
    pause = new AbortController()
    await delay(1000, undefined, { signal: pause.signal }).catch(() => {})
  }
  return 'leaves, for its Postgres is gone'
}

function graceIsOver(busyAt: number): boolean {
  const asked = askedAt(folder)
  if (hurriedAt > asked) return Date.now() - asked > Math.min(secondsToConnect, plan.graceSeconds) * 1000
  return Date.now() - Math.max(busyAt, asked) > plan.graceSeconds * 1000
}

function hurry(): void {
  hurriedAt = Date.now()
  pause.abort()
}

function note(text: string): void {
  console.log(`${new Date().toISOString()} keeper ${process.pid} ${text}`)
}
