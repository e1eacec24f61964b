import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLineOf } from '../processes/process.ts'
import { project } from '../project.ts'

/** The `next dev` of this folder: Next allows one, and names it in the file that it locks. */
export interface DevServer {
  pid: number
  appUrl: string
}

export async function findDevServer(): Promise<DevServer | undefined> {
  try {
    const server = JSON.parse(await readFile(join(project, '.next/dev/lock'), 'utf8')) as DevServer
    // The file of a killed one is still there, and its process id may have gone to another program.
    return commandLineOf(server.pid).includes('next') ? server : undefined
  } catch {
    return undefined
  }
}
