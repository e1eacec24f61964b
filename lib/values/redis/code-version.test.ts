import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { codeVersion } from './code-version.ts'

afterEach(() => vi.unstubAllEnvs())

test('a standalone server finds the id of its build in the folder that its configuration names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-build-'))
  try {
    await writeFile(join(folder, 'BUILD_ID'), 'build-1')
    const env = { CACHE_VERSIONS_DIST_DIR: relative(process.cwd(), folder) }
    // Such a server starts without next.config, which would set the variable.
    vi.stubEnv('CACHE_VERSIONS_DIST_DIR', undefined)
    vi.stubEnv('__NEXT_PRIVATE_STANDALONE_CONFIG', JSON.stringify({ env }))
    expect(codeVersion()).toBe('build-1')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the version of the code that is set wins, then the id of the deployment', () => {
  vi.stubEnv('NEXT_DEPLOYMENT_ID', 'deployment-1')
  expect(codeVersion()).toBe('deployment-1')
  vi.stubEnv('CACHE_VERSIONS_CODE_VERSION', 'code-1')
  expect(codeVersion()).toBe('code-1')
})
