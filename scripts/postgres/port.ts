import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Plan } from './plan.ts'

/**
 * The port of the last time if it is free, so that the URL stays what it was; else the one wished for; else
 * any.
 */
export async function choosePort({ place, port }: Plan): Promise<number> {
  const remembered = Number(await readFile(portFile(place.folder), 'utf8').catch(() => 0))
  for (const candidate of [remembered, port ?? 0]) {
    if (candidate && (await bind(candidate))) return candidate
  }
  const free = await bind(0)
  if (free) return free
  throw new Error('[cache-versions] No port of 127.0.0.1 is free. Set DATABASE_URL to a Postgres of yours.')
}

export async function rememberPort({ folder }: Plan['place'], port: number): Promise<void> {
  await writeFile(portFile(folder), `${port}\n`)
}

function portFile(folder: string): string {
  return join(folder, 'port')
}

async function bind(port: number): Promise<number | undefined> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return address && typeof address === 'object' ? address.port : undefined
  } catch {
    return undefined
  } finally {
    server.close()
  }
}
