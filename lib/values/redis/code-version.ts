import { join } from 'node:path'
import { buildIdOf } from '../../internals/build-id.ts'
import { isBuilding } from '../../internals/phase.ts'

/**
 * What tells the code of one deployment from the next, so that a build that gives a value another shape never reads
 * those of the last: `CACHE_VERSIONS_CODE_VERSION`, else the deployment id of Next, else the id of the build in this
 * folder. Without any of them it is empty, and the namespace alone keeps programs apart.
 */
export function codeVersion(): string {
  const given = process.env.CACHE_VERSIONS_CODE_VERSION || process.env.NEXT_DEPLOYMENT_ID
  if (given) return given
  // The id in the folder is that of the last build; and what is being edited has none.
  if (isBuilding() || process.env.NODE_ENV === 'development') {
    return `process-${Math.round(performance.timeOrigin)}`
  }
  const folder = process.env.CACHE_VERSIONS_DIST_DIR || '.next'
  return buildIdOf(join(/* turbopackIgnore: true */ process.cwd(), folder, 'server')) ?? ''
}
