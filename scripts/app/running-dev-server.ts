import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { isAlive } from '../processes/process.ts'
import { project } from '../project.ts'

/** The `next dev` of this folder: Next allows one, and names it in the file that it locks. */
export interface DevServer {
  pid: number
  url: string
}

export async function findDevServer(): Promise<DevServer | undefined> {
  const server = parse(await readFile(join(project, '.next/dev/lock'), 'utf8').catch(() => ''))
  // The file of a killed one is still there.
  return server && isAlive(server.pid) && (await isListening(server.port)) ? server : undefined
}

function parse(lock: string): (DevServer & { port: number }) | undefined {
  try {
    const { pid, port, appUrl } = JSON.parse(lock) as { pid: number; port: number; appUrl: string }
    return { pid, port: Number(port), url: appUrl }
  } catch {
    return undefined
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect({ port, host: 'localhost', timeout: 2000 })
  try {
    socket.once('timeout', () => socket.destroy(new Error('timeout')))
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
