import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DebianProgram, extractFromDebian, onPath } from '../../scripts/debian.ts'
import { freePort } from '../../scripts/free-port.ts'
import { connect } from '../../scripts/postgres/connection.ts'
import { hasExited } from '../../scripts/processes/process.ts'
import { startGroup } from '../../scripts/processes/process-group.ts'
import { until } from '../../scripts/until.ts'

/** A PgBouncer in transaction mode before a Postgres. */
export interface PgBouncer {
  /** The URL of a database behind it. */
  url(database: string): string
  stop(): Promise<void>
}

const debian: DebianProgram = {
  name: 'pgbouncer',
  path: 'usr/sbin/pgbouncer',
  packages: [
    ...['pgbouncer', 'libevent-2.1-7', 'libevent-2.1-7t64', 'libc-ares2', 'libcares2'],
    ...['libssl3', 'libssl3t64', 'libsystemd0', 'libpam0g', 'libpam0t64'],
  ],
}

/**
 * Finds PgBouncer on PATH or takes it out of Debian's packages, without root. Undefined where neither is possible, unless
 * `STRICT_PGBOUNCER=1` makes that an error.
 */
export async function findPgBouncer(): Promise<
  { program: string; env?: Record<string, string> } | undefined
> {
  const program = onPath('pgbouncer')
  if (program) return { program }
  const reasons: unknown[] = []
  const found = await extractFromDebian(debian).catch((cause: unknown) => void reasons.push(cause))
  if (!found && process.env.STRICT_PGBOUNCER === '1') {
    throw new Error(
      '[cache-versions] No PgBouncer is found and STRICT_PGBOUNCER=1 demands one. Install it.',
      {
        cause: reasons[0],
      },
    )
  }
  return found || undefined
}

/** Starts it before the Postgres, with so few connections to it that clients have to share them. */
export async function startPgBouncer(postgresUrl: string): Promise<PgBouncer> {
  const found = await findPgBouncer()
  if (!found) throw new Error('[cache-versions] There is no PgBouncer here. Install it.')
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-pgbouncer-'))
  const port = await freePort()
  await writeFile(join(folder, 'pgbouncer.ini'), configuration(new URL(postgresUrl), port))
  // It refuses to serve as root.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const pooler = startGroup(found.program, [...user, join(folder, 'pgbouncer.ini')], {
    env: { ...process.env, ...found.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  pooler.process.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`
  const stop = async () => {
    await pooler.kill()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await until('PgBouncer', 10, async () => {
      if (hasExited(pooler.process)) throw new Error(`[cache-versions] ${found.program} has ended.`)
      return answers(url('postgres'))
    })
  } catch (cause) {
    await stop()
    throw new Error(`[cache-versions] PgBouncer does not answer. It said:\n${output}`, { cause })
  }
  return { url, stop }
}

function configuration(server: URL, port: number): string {
  return `[databases]
* = host=${server.hostname} port=${server.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
`
}

/** Undefined when it does not answer. */
async function answers(url: string): Promise<true | undefined> {
  const sql = connect(url, 'cache-versions pgbouncer')
  return await sql`select 1`
    .then(
      () => true as const,
      () => undefined,
    )
    .finally(() => sql.end({ timeout: 0 }))
}
