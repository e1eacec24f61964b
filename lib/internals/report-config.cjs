// Loads the configuration of an app as Next does, in a process of its own: a configuration may print, hang, change the
// environment or end the process. Writes what concerns the caches to a file. Not compiled, for only Node runs it.
const { createRequire } = require('node:module')
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')

const { CACHE_VERSIONS_APP_FOLDER: folder, CACHE_VERSIONS_CONFIG_REPORT: report } = process.env
const load = createRequire(join(folder, 'package.json'))

async function main() {
  const { default: loadConfig } = load('next/dist/server/config')
  const { PHASE_PRODUCTION_SERVER } = load('next/constants')
  const config = await loadConfig(PHASE_PRODUCTION_SERVER, folder)
  const { cacheHandler, cacheHandlers, cacheComponents, deploymentId, distDir, env } = config
  const buildId = await config.generateBuildId?.()
  writeFileSync(
    report,
    JSON.stringify({
      cacheHandler,
      cacheHandlers,
      usesCacheDirective: Boolean(cacheComponents || config.experimental?.useCache),
      hasBuildId: typeof buildId === 'string' || Boolean(deploymentId),
      distDir,
      pages: env?.CACHE_VERSIONS_PAGES,
    }),
  )
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
