import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { project } from '../project.ts'

const run = promisify(execFile)
const packages = ['redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1', 'libssl3', 'libsystemd0']
const folder = join(project, '.data/redis/debian')

/**
 * Unpacks the Redis of Debian or Ubuntu into `.data`, with no root and nothing installed: `redis-check-rdb` of the
 * package redis-tools is the server under another name. Undefined where there is no apt.
 */
export async function extractFromDebian(): Promise<
  { program: string; env: Record<string, string> } | undefined
> {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg')) {
    return undefined
  }
  if (!existsSync(folder)) await extract()
  const libraries = (await readdir(join(folder, 'usr/lib'))).map((name) => join(folder, 'usr/lib', name))
  return {
    program: join(folder, 'redis-server'),
    env: { LD_LIBRARY_PATH: libraries.join(':') },
  }
}

async function extract(): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true })
  // Whole or not at all: two that extract at once both finish, and the second removes its own.
  const unfinished = await mkdtemp(`${folder}-`)
  try {
    await download(unfinished)
    for (const name of await readdir(unfinished)) {
      if (name.endsWith('.deb')) await run('dpkg', ['-x', name, '.'], { cwd: unfinished, timeout: 30_000 })
    }
    await copyFile(join(unfinished, 'usr/bin/redis-check-rdb'), join(unfinished, 'redis-server'))
    await chmod(join(unfinished, 'redis-server'), 0o755)
    await rename(unfinished, folder).catch((cause: unknown) => {
      if (!existsSync(folder)) throw cause
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** With state and cache of its own, apt needs no right to the system's. */
async function download(target: string): Promise<void> {
  const state = join(target, 'state')
  const cache = join(target, 'cache')
  await mkdir(join(state, 'lists/partial'), { recursive: true })
  await mkdir(join(cache, 'archives/partial'), { recursive: true })
  const options = [
    '-qq',
    '-o',
    `Dir::State=${state}`,
    '-o',
    `Dir::Cache=${cache}`,
    '-o',
    'APT::Sandbox::User=',
  ]
  const apt = (...args: string[]) => run('apt-get', [...options, ...args], { cwd: target, timeout: 120_000 })
  await apt('update')
  await apt('download', ...packages)
  await Promise.all([state, cache].map((path) => rm(path, { recursive: true })))
}
