import { execFileSync, spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { project } from '../../scripts/project.ts'

/** Installs the project with another Next into a folder of its own, runs the tests there, and returns their exit code. */
export async function testWithNext(version: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-next-'))
  try {
    const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
      cwd: project,
      encoding: 'utf8',
    })
    for (const file of files.split('\0').filter(Boolean)) await cp(join(project, file), join(folder, file))
    const manifest = join(folder, 'package.json')
    const content = JSON.parse(await readFile(manifest, 'utf8'))
    content.devDependencies.next = version
    await writeFile(manifest, `${JSON.stringify(content, null, 2)}\n`)
    const run = (...args: string[]) =>
      spawnSync('npx', ['--yes', 'pnpm@12', ...args], {
        cwd: folder,
        stdio: 'inherit',
        env: { ...process.env, CACHE_VERSIONS_ALLOW_UNTESTED_NEXT: 'true' },
        shell: process.platform === 'win32',
      }).status ?? 1
    return run('install', '--no-frozen-lockfile') || run('test')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
