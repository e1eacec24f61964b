import { join } from 'node:path'
import { buildIdOf } from '../../internals/build-id.ts'
import { isBuilding } from '../../internals/phase.ts'
import { standaloneEnvironment } from '../../internals/standalone.ts'

/**
 * Returns the version of the code, so that a build that changes the shape of a value never reads the old ones:
 * `CACHE_VERSIONS_CODE_VERSION`, else the deployment id of Next, else the id of the build in this folder. Without any
 * of them it is empty, and only the namespace keeps programs apart.
 */
export function codeVersion(): string {
  const given = process.env.CACHE_VERSIONS_CODE_VERSION || process.env.NEXT_DEPLOYMENT_ID
  if (given) return given
  // In development the folder has the id of the last build, and edited code has none.
  if (isBuilding() || process.env.NODE_ENV === 'development') {
    return `process-${Math.round(performance.timeOrigin)}`
  }
  const { CACHE_VERSIONS_DIST_DIR } = standaloneEnvironment()
  const folder = process.env.CACHE_VERSIONS_DIST_DIR || CACHE_VERSIONS_DIST_DIR || '.next'
  return buildIdOf(join(/* turbopackIgnore: true */ process.cwd(), folder, 'server')) ?? ''
}
