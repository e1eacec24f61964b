import { isServerOf } from './server.ts'
import { until } from './until.ts'

/** Stops a server fast, then at once, then the hard way: it ends within half a minute in any case. */
export async function stopServer(data: string, pid: number): Promise<void> {
  const steps = [
    ['SIGINT', 15],
    ['SIGQUIT', 10],
    ['SIGKILL', 5],
  ] as const
  for (const [signal, seconds] of steps) {
    if (!isServerOf(data, pid) || !send(pid, signal)) return
    const isGone = async () => (isServerOf(data, pid) ? undefined : true)
    if (await until('Postgres to stop', seconds, isGone).catch(() => false)) return
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
