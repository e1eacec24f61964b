import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { LoadedConfig } from '../../internals/next-config.ts'
import { supported, supportOf } from '../../internals/supported.ts'
import type { Invocation } from '../invocation.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, wrong, warning } = findingsOf('Next')
const range = `${supported.from} or newer, below ${supported.below}`

/** The handlers that the configuration names, or that a build was made with. */
type Handlers = Pick<LoadedConfig, 'cacheHandler' | 'cacheHandlers'>

/** The Next of the app, and whether the package's handlers are in the place of its own. */
export function nextFindings(config: LoadedConfig | Error, invocation: Invocation): Finding[] {
  const { cwd } = invocation
  const from = createRequire(join(cwd, 'package.json'))
  const installed = find(from, 'next/package.json')
  if (!installed) {
    return [
      wrong('next is not installed', 'Nothing here serves requests.', 'Run this in the folder of the app.'),
    ]
  }
  return [
    versionFinding(installed, config),
    ...copyFindings(from, installed),
    ...(config instanceof Error
      ? [failedConfig(config)]
      : [configFinding(config, from, invocation), ...buildFindings(config, from, invocation)]),
  ]
}

function find(from: NodeJS.Require, name: string): string | undefined {
  try {
    return realpathSync(from.resolve(name))
  } catch {
    return undefined
  }
}

function versionFinding(installed: string, config: LoadedConfig | Error): Finding {
  const { version } = JSON.parse(readFileSync(installed, 'utf8'))
  const support = supportOf(version)
  if (support === 'supported') return ok(`Next ${version}`)
  const found = `Next ${version} is ${support === 'untested' ? 'newer than those that were tested' : 'too old'}`
  const why = 'A Next that has changed inside may serve stale pages without an error.'
  const remedy = `Install Next ${range}, or another release of next-cache-versions.`
  const isAllowed = support === 'untested' && !(config instanceof Error)
  return isAllowed
    ? warning(`${found}, and allowUntestedNext is set`, why, remedy)
    : wrong(found, why, remedy)
}

/** Handlers that import another Next than the one that runs see none of its renders. */
function copyFindings(from: NodeJS.Require, installed: string): Finding[] {
  const own = find(from, 'next-cache-versions/package.json')
  if (!own) {
    return [
      wrong(
        'next-cache-versions is not installed in this app',
        'Its servers cannot load the handlers.',
        'Install it: npm install next-cache-versions, or the like.',
      ),
    ]
  }
  const imported = find(createRequire(own), 'next/package.json')
  if (imported === installed) return []
  return [
    wrong(
      'The package finds another copy of next than the app does',
      'Its handlers would see no request, and refuse to serve.',
      'Install one version of next only, and the package beside it.',
    ),
  ]
}

function failedConfig({ message }: Error): Finding {
  return wrong(
    `The configuration of Next does not load: ${message}`,
    'No server starts with it.',
    'Mend what it says. With variables that only production has, run this there.',
  )
}

function configFinding(config: LoadedConfig, from: NodeJS.Require, { command }: Invocation): Finding {
  const trouble = handlerTrouble(config, config, from)
  if (!trouble) return ok('The configuration loads the handlers of the package')
  if (trouble.includes(otherCopy)) {
    return wrong(
      `The configuration of Next ${trouble}`,
      'The code of the app and the handlers are of two copies, which may be of two versions.',
      'Install one version of next-cache-versions only, where next.config is: npm ls next-cache-versions',
    )
  }
  return wrong(
    `The configuration of Next ${trouble}`,
    'What Next keeps there does not obey the versions, and is served stale.',
    `Put withCacheVersions around the whole configuration: ${command('init')}`,
  )
}

/** What the last build was made with stays in it, whatever the configuration says now. */
function buildFindings(config: LoadedConfig, from: NodeJS.Require, { cwd, program }: Invocation): Finding[] {
  const folder = resolve(cwd, config.distDir)
  const path = join(folder, 'required-server-files.json')
  if (!existsSync(path) || !existsSync(join(folder, 'BUILD_ID'))) {
    return [ok(`There is no build in ${config.distDir} yet`)]
  }
  const { config: built } = JSON.parse(readFileSync(path, 'utf8')) as { config: Handlers }
  const trouble = handlerTrouble(absolute(built, folder), config, from)
  if (!trouble) return [ok(`The build in ${config.distDir} has the handlers of the package`)]
  return [
    wrong(
      `The build in ${config.distDir} ${trouble}`,
      'It was made with another configuration, and its servers serve stale pages.',
      `Build again: ${program('next build')}`,
    ),
  ]
}

/** A build names its handlers from its folder. */
function absolute({ cacheHandler, cacheHandlers = {} }: Handlers, folder: string): Handlers {
  return {
    ...(cacheHandler ? { cacheHandler: resolve(folder, cacheHandler) } : {}),
    cacheHandlers: Object.fromEntries(
      Object.entries(cacheHandlers).map(([kind, path]) => [kind, path && resolve(folder, path)]),
    ),
  }
}

function handlerTrouble(
  { cacheHandler, cacheHandlers }: Handlers,
  { usesCacheDirective }: LoadedConfig,
  from: NodeJS.Require,
): string | undefined {
  const own = dirname(find(from, 'next-cache-versions/package.json') ?? '')
  const places: [string, string | undefined, string][] = [
    ['cacheHandler', cacheHandler, 'cache-handler'],
    ...(usesCacheDirective
      ? ([
          ['cacheHandlers.default', cacheHandlers?.default, 'use-cache'],
          ['cacheHandlers.remote', cacheHandlers?.remote, 'use-cache-remote'],
        ] as [string, string | undefined, string][])
      : []),
  ]
  for (const [name, path, file] of places) {
    if (!path) return `has no ${name}`
    if (!existsSync(path)) return `has a ${name} that does not exist (${path})`
    if (realpathSync(path) !== join(own, 'dist/handlers/entry', `${file}.js`)) {
      return `has a ${name} that is ${isOfPackage(path) ? otherCopy : "not this package's"} (${path})`
    }
  }
  return undefined
}

const otherCopy = 'of another copy of next-cache-versions'

/** Whether a handler belongs to an installation of this package, of whichever version. */
function isOfPackage(path: string): boolean {
  const manifest = join(dirname(path), '../../../package.json')
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'next-cache-versions'
}
