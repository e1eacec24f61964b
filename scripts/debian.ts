import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { makeFolder } from './make-folder.ts'
import { project } from './project.ts'

const run = promisify(execFile)

export interface DebianProgram {
  /** What the program is called. */
  readonly name: string
  /** Where it is in its package; it may be under another name there. */
  readonly path: string
  /** Its package and those of its libraries. Names that this Debian or Ubuntu does not have are left out. */
  readonly packages: readonly string[]
}

/** Finds a program on PATH. */
export function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
}

/**
 * Unpacks a program of Debian or Ubuntu into `.data`, with no root and nothing installed. Undefined where there is no
 * apt.
 */
export async function extractFromDebian(
  wanted: DebianProgram,
): Promise<{ program: string; env: Record<string, string> } | undefined> {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg')) {
    return undefined
  }
  const folder = join(project, '.data', wanted.name, 'debian')
  await makeFolder(folder, (unfinished) => extract(wanted, unfinished))
  const libraries = await Promise.all(['lib', 'usr/lib'].map((name) => foldersIn(join(folder, name))))
  return {
    program: join(folder, wanted.name),
    env: { LD_LIBRARY_PATH: libraries.flat().join(':') },
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.map((name) => join(folder, name))
}

async function extract({ name, path, packages }: DebianProgram, unfinished: string): Promise<void> {
  await download(packages, unfinished)
  for (const file of await readdir(unfinished)) {
    if (file.endsWith('.deb')) await run('dpkg', ['-x', file, '.'], { cwd: unfinished, timeout: 30_000 })
  }
  await copyFile(join(unfinished, path), join(unfinished, name))
  await chmod(join(unfinished, name), 0o755)
}

/** With state and cache of its own, apt needs no right to the system's. */
async function download(packages: readonly string[], target: string): Promise<void> {
  const state = join(target, 'state')
  const cache = join(target, 'cache')
  await mkdir(join(state, 'lists/partial'), { recursive: true })
  await mkdir(join(cache, 'archives/partial'), { recursive: true })
  const options = ['-o', `Dir::State=${state}`, '-o', `Dir::Cache=${cache}`, '-o', 'APT::Sandbox::User=']
  const apt = (program: 'apt-get' | 'apt-cache', ...args: string[]) =>
    run(program, ['-qq', ...options, ...args], { cwd: target, timeout: 120_000, maxBuffer: 16_000_000 })
  await apt('apt-get', 'update')
  const { stdout } = await apt('apt-cache', 'pkgnames')
  const known = new Set(stdout.split('\n'))
  await apt('apt-get', 'download', ...packages.filter((name) => known.has(name)))
  await Promise.all([state, cache].map((path) => rm(path, { recursive: true })))
}
