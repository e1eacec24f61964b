import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type { Sql } from 'postgres'
import { project } from '../project.ts'

const run = promisify(execFile)

/** A copy of what the commands read and write, for tests of commands that write migrations. */
export interface ProjectCopy {
  /** Runs a command of the copy as a person would, and gives what it printed. Rejects when it fails. */
  run(script: string, ...args: string[]): Promise<string>
  drizzleKit(...args: string[]): Promise<string>
  /** Applies the copy's migrations that the database lacks. */
  migrate(sql: Sql): Promise<void>
  remove(): Promise<void>
}

export async function copyProject(): Promise<ProjectCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-project-'))
  const copied = ['scripts', 'drizzle', 'package.json', 'drizzle.config.ts', 'tsconfig.json']
  for (const name of copied) await cp(join(project, name), join(folder, name), { recursive: true })
  for (const name of ['node_modules', 'dist', 'lib']) await symlink(join(project, name), join(folder, name))
  await mkdir(join(folder, 'app'))
  await writeFile(join(folder, 'app/caches.ts'), 'export const caches = [] as const\n')

  const node = async (program: string, args: readonly string[]) => {
    const { stdout } = await run(process.execPath, [program, ...args], { cwd: folder, timeout: 60_000 })
    return stdout
  }
  return {
    run: (script, ...args) =>
      node(join(project, 'node_modules/tsx/dist/cli.mjs'), [join(folder, 'scripts', script), ...args]),
    drizzleKit: (...args) => node(join(project, 'node_modules/drizzle-kit/bin.cjs'), args),
    migrate: (sql) => migrate(drizzle(sql), { migrationsFolder: join(folder, 'drizzle/migrations') }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
