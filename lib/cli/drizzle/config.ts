import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drizzleConfigs } from '../../postgres/remedy.ts'
import { CommandError } from '../command-error.ts'
import type { DrizzleKit } from './kit.ts'

/** What the app has told drizzle-kit of its migrations. */
export interface DrizzleConfig {
  readonly path: string
  /** The folder of the migrations, as it is shown: from the folder of the app. */
  readonly out: string
  /** The files and folders of the schema, as they are written there: paths and patterns. */
  readonly schema: readonly string[]
  /** Where the database keeps which of them are applied, when that is not where Drizzle keeps it. */
  readonly migrations?: { readonly table?: string; readonly schema?: string }
}

interface Content {
  dialect?: string
  schema?: string | string[]
  out?: string
  migrations?: { table?: string; schema?: string }
}

/** Finds the configuration of drizzle-kit in the folder of the app. */
export function findDrizzleConfig(cwd: string, given: string | undefined): string | undefined {
  const name = given ?? drizzleConfigs.find((name) => existsSync(join(cwd, name)))
  if (name === undefined) return undefined
  const path = resolve(cwd, name)
  if (existsSync(path)) return path
  throw new CommandError(`There is no configuration of drizzle-kit at "${name}". Name it with --config FILE.`)
}

/**
 * Reads it by drizzle-kit's own loader, whatever language it is written in.
 * See docs/decisions/0045-drizzle-kit-tells-where-its-migrations-are.md
 */
export async function readDrizzleConfig(path: string, kit: DrizzleKit | undefined): Promise<DrizzleConfig> {
  const { dialect, schema = [], out = 'drizzle', migrations } = await contentOf(path, kit)
  if (dialect !== 'postgresql') {
    throw new CommandError(
      `"${path}" is the configuration of drizzle-kit for ${JSON.stringify(dialect)}. Name the one for "postgresql" with --config FILE.`,
    )
  }
  return {
    path,
    out: out.replace(/^\.\/|\/$/g, ''),
    schema: [schema].flat(),
    ...(migrations ? { migrations } : {}),
  }
}

async function contentOf(path: string, kit: DrizzleKit | undefined): Promise<Content> {
  if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'))
  if (!kit) {
    throw new CommandError(
      `"${path}" can only be read by drizzle-kit, which is not installed here. Install it, or name the folder of the migrations with --migrations FOLDER.`,
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-'))
  const report = join(folder, 'config.json')
  try {
    const output = await kit.run(['check', '--config', reporter], {
      CACHE_VERSIONS_DRIZZLE_CONFIG: path,
      CACHE_VERSIONS_DRIZZLE_REPORT: report,
    })
    if (!existsSync(report))
      throw new CommandError(`drizzle-kit could not read "${path}". It says:\n${output}`)
    return JSON.parse(await readFile(report, 'utf8'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Not compiled, for drizzle-kit loads it and no other program does. */
const reporter = fileURLToPath(new URL('../../../lib/cli/drizzle/report-config.cjs', import.meta.url))
