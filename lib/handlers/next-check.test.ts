import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { refuseUnsupportedNext } from './supported-next.ts'

test('a Next that is too old is refused, whatever the app allows', () => {
  for (const allowed of [false, true]) {
    expect(() => refuseUnsupportedNext('16.2.12', allowed)).toThrow(
      '[cache-versions] Next 16.2.12 serves stale pages with any cache handler. Install Next 16.3.1 or newer, below 16.5.0.',
    )
  }
})

test('a Next that was not tested is refused unless the app allows it', () => {
  expect(() => refuseUnsupportedNext('17.0.0', false)).toThrow('Next 17.0.0 has not been tested')
  expect(() => refuseUnsupportedNext('17.0.0', true)).not.toThrow()
})

test('handlers that import another copy of Next than the one that runs are refused', async () => {
  const name = 'next/dist/server/app-render'
  const rendering = dirname(createRequire(import.meta.url).resolve(`${name}/work-async-storage-instance.js`))
  const folder = await mkdtemp(join(tmpdir(), 'cache-versions-copies-'))
  try {
    for (const file of ['work-async-storage-instance.js', 'async-local-storage.js']) {
      await cp(join(rendering, file), join(folder, name, file))
    }
    const copy = join(folder, name, 'work-async-storage-instance.js')
    const handler = pathToFileURL(resolve('dist/handlers/entry/use-cache.js'))
    const code = `await import(${JSON.stringify(handler)})`
    const load = promisify(execFile)(process.execPath, ['--require', copy, '--input-type=module', '-e', code])
    await expect(load).rejects.toThrow(
      `The app runs another copy of Next than the one this package imports: ${copy}, `,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
