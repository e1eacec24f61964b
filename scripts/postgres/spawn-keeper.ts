import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { openLog } from './log.ts'
import type { Plan } from './plan.ts'

/**
 * Starts a keeper in a session of its own: it outlives this process and the terminal, and hears no Ctrl-C.
 */
export function spawnKeeper(plan: Plan): ChildProcess {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const keeper = fileURLToPath(new URL('./keeper.ts', import.meta.url))
  const log = openLog(keeperLog(plan))
  const child = spawn(process.execPath, ['--import', tsx, keeper, JSON.stringify(plan)], {
    cwd: plan.place.folder,
    detached: true,
    // Not the rest: it may hold secrets, and options for Node that are meant for the app.
    env: environment(),
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  return child
}

export function keeperLog({ place }: Plan): string {
  return join(place.folder, 'keeper.log')
}

function environment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'SYSTEMROOT']
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => names.includes(name)),
  ) as NodeJS.ProcessEnv
}
