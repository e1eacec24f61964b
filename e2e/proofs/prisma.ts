import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { environment, runProgram } from './adoption/program.ts'
import { packTarball } from './adoption/tarball.ts'
import { files } from './prisma/files.ts'

interface PrismaOutcome {
  readonly prisma: string
  readonly violations: readonly string[]
}

/**
 * Installs Prisma and the packed package in a folder, and looks whether an invalidation in a transaction of Prisma commits
 * and rolls back with it, and whether an unknown cache is told as everywhere. It needs a registry of npm.
 */
export async function provePrisma(postgresUrl: string, folder: string): Promise<PrismaOutcome> {
  const place = join(folder, 'prisma')
  const sql = postgres(postgresUrl, { max: 1, onnotice: () => {} })
  try {
    await sql`select start_cache_versioning('bans')`
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(place, name, '..'), { recursive: true })
      await writeFile(join(place, name), text)
    }
    // What it would download is for migrations alone.
    const env = { ...environment(postgresUrl), PRISMA_SCHEMA_ENGINE_BINARY: process.execPath }
    const run = (program: string, ...args: string[]) => runProgram(program, args, { cwd: place, env })
    const packages = [
      'prisma@7',
      '@prisma/client@7',
      '@prisma/adapter-pg@7',
      'next',
      'react',
      'react-dom',
      'postgres',
      'tsx',
    ]
    await run(
      'npm',
      'install',
      '--ignore-scripts',
      '--legacy-peer-deps',
      await packTarball(folder),
      ...packages,
    )
    await run('npx', 'prisma', 'generate')
    return JSON.parse(await run('node', '--import', 'tsx', 'check.ts'))
  } finally {
    await sql.end()
  }
}
