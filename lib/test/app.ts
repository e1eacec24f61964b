import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type { Sql } from 'postgres'

const project = resolve(import.meta.dirname, '../..')

/** The folder of an app that somebody else has, for verbs that read and write its files. */
export interface App {
  readonly folder: string
  write(path: string, text: string): Promise<void>
  read(path: string): Promise<string>
  /** Every file that a verb may write, with its text. */
  files(): Promise<Record<string, string>>
  /** Applies its migrations that the database lacks. */
  migrate(sql: Sql): Promise<void>
  /** Brings the files back to what they were at first. */
  reset(): Promise<void>
  remove(): Promise<void>
}

interface AppOptions {
  /** Whether it has the drizzle-kit and the migrations of this repository. */
  withDrizzle?: boolean
  /** Whether this package is installed in it, from `dist`, with Next and drizzle-kit and without a migration. */
  withPackage?: boolean
}

/** Makes one with these files. */
export async function createApp(
  files: Record<string, string>,
  { withPackage = false, withDrizzle = !withPackage }: AppOptions = {},
): Promise<App> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-app-'))
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const initial: Record<string, string> = {
    'package.json': '{ "name": "an-app", "type": "module" }',
    'pnpm-lock.yaml': '',
    ...(withDrizzle ? { 'schema.ts': 'export {}\n' } : {}),
    ...files,
  }
  const reset = async () => {
    for (const name of await readdir(folder)) {
      if (name !== 'node_modules') await rm(join(folder, name), { recursive: true })
    }
    for (const [path, text] of Object.entries(initial)) await write(path, text)
    if (withDrizzle)
      await cp(join(project, 'drizzle/migrations'), join(folder, 'migrations'), { recursive: true })
  }
  await reset()
  if (withDrizzle) await symlink(join(project, 'node_modules'), join(folder, 'node_modules'))
  if (withPackage) await installPackage(folder)
  return {
    folder,
    write,
    read: (path) => readFile(join(folder, path), 'utf8'),
    files: async () => {
      const all = await readdir(folder, { recursive: true, withFileTypes: true })
      const paths = all.filter((file) => file.isFile() && !file.parentPath.includes('node_modules'))
      const texts = paths.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name)
        return [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const
      })
      return Object.fromEntries(await Promise.all(texts))
    },
    migrate: (sql) => migrate(drizzle(sql), { migrationsFolder: join(folder, 'migrations') }),
    reset,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

async function installPackage(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules'))
  const packages = ['next', 'react', 'react-dom', 'drizzle-kit', 'drizzle-orm'].map(
    (name) => [name, join(project, 'node_modules', name)] as const,
  )
  for (const [name, path] of [...packages, ['next-cache-versions', project] as const]) {
    await symlink(path, join(folder, 'node_modules', name))
  }
}

/** Read without drizzle-kit, which is quicker. */
export const drizzleJson = JSON.stringify({
  dialect: 'postgresql',
  schema: './schema.ts',
  out: './migrations',
})
