import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'

const timeoutMilliseconds = 60_000

/** What concerns the caches in the configuration of an app, as a server of the app has it. */
export interface LoadedConfig {
  readonly cacheHandler?: string
  readonly cacheHandlers?: Readonly<Record<string, string | undefined>>
  /** Whether functions with `'use cache'` may be in the app. */
  readonly usesCacheDirective: boolean
  /** Whether two builds of the same code have the same id, or a deployment of both has one. */
  readonly hasBuildId: boolean
  readonly distDir: string
  readonly pages?: string
}

/**
 * Loads the configuration of the app in the folder by the app's own Next (`server/config.js`), whatever language and form
 * it has.
 *
 * See docs/decisions/0052-the-configuration-is-parsed-and-loaded-by-next.md
 *
 * @throws Error with what the configuration said when it failed.
 */
export async function loadNextConfig(folder: string, env: NodeJS.Dict<string>): Promise<LoadedConfig> {
  const place = await mkdtemp(join(tmpdir(), 'cache-versions-'))
  const report = join(place, 'config.json')
  try {
    await promisify(execFile)(process.execPath, [reporter], {
      cwd: folder,
      env: {
        ...env,
        NODE_ENV: 'production',
        CACHE_VERSIONS_APP_FOLDER: folder,
        CACHE_VERSIONS_CONFIG_REPORT: report,
      },
      timeout: timeoutMilliseconds,
      killSignal: 'SIGKILL',
    })
    return JSON.parse(await readFile(report, 'utf8'))
  } catch (cause) {
    const { killed, stderr } = cause as { killed?: boolean; stderr?: string }
    const said = stripVTControlCharacters(stderr ?? '').trim()
    const reason = killed
      ? `it took more than ${timeoutMilliseconds / 1000} seconds`
      : said || 'it ended the process'
    throw new Error(reason, { cause })
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

const reporter = fileURLToPath(new URL('../../lib/internals/report-config.cjs', import.meta.url))
