import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What tells the code of one deployment from the next, so that a build that gives a value another shape never reads
 * those of the last: `CACHE_VERSIONS_CODE_VERSION`, else the deployment id of Next, else the id of the build in this
 * folder. Without any of them it is empty, and the namespace alone keeps programs apart.
 */
export function codeVersion(): string {
  const given = process.env.CACHE_VERSIONS_CODE_VERSION || process.env.NEXT_DEPLOYMENT_ID
  if (given) return given
  // The id in the folder is that of the last build; and what is being edited has none.
  if (process.env.NEXT_PHASE === 'phase-production-build' || process.env.NODE_ENV === 'development') {
    return `process-${Math.round(performance.timeOrigin)}`
  }
  try {
    const folder = process.env.CACHE_VERSIONS_DIST_DIR || '.next'
    return readFileSync(join(/* turbopackIgnore: true */ process.cwd(), folder, 'BUILD_ID'), 'utf8').trim()
  } catch {
    return ''
  }
}
