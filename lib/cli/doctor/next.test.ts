import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type LoadedConfig, loadNextConfig } from '../../internals/next-config.ts'
import { type App, createApp } from '../../test/app.ts'
import { invocationOf } from '../invocation.ts'
import { nextFindings } from './next.ts'

const project = resolve(import.meta.dirname, '../../..')
let app: App

afterEach(() => app.remove())

/** Installs the package once more, as a package manager does that needs two versions of it. */
async function installAnother(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await cp(join(project, 'dist'), join(folder, 'dist'), { recursive: true })
  const manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, version: '0.0.1' }))
}

function troubles(config: LoadedConfig | Error): string[] {
  return nextFindings(config, invocationOf({ cwd: app.folder, env: {} }))
    .filter(({ state }) => state !== 'ok')
    .map(({ state, found, remedy }) => `${state}: ${found}. ${remedy}`)
}

test('a configuration that comes from another copy of the package than the app imports is found', async () => {
  const copy = 'shared/node_modules/next-cache-versions'
  app = await createApp(
    {
      'next.config.ts': "export { default } from './shared/config.ts'\n",
      'shared/config.ts': `import { withCacheVersions } from 'next-cache-versions/config'

export default withCacheVersions({ cacheComponents: true })
`,
    },
    { withPackage: true },
  )
  await installAnother(join(app.folder, copy))
  const config = await loadNextConfig(app.folder, { PATH: process.env.PATH })
  expect(troubles(config)).toEqual([
    `wrong: The configuration of Next has a cacheHandler that is of another copy of next-cache-versions (${app.folder}/${copy}/dist/handlers/entry/cache-handler.js). Install one version of next-cache-versions only, where next.config is: npm ls next-cache-versions`,
  ])
})

test('a package that finds another copy of Next than the app does is found', async () => {
  app = await createApp({}, { withPackage: true })
  const copy = join(app.folder, 'node_modules/next-cache-versions')
  await rm(copy)
  await installAnother(copy)
  await mkdir(join(copy, 'node_modules/next'), { recursive: true })
  await cp(join(project, 'node_modules/next/package.json'), join(copy, 'node_modules/next/package.json'))
  expect(troubles(new Error('not loaded'))).toContain(
    'wrong: The package finds another copy of next than the app does. Install one version of next only, and the package beside it.',
  )
})
