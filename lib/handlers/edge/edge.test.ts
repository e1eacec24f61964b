import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Returns the value of the expression on the handler that the configuration names, under these conditions. */
async function ofHandler(name: string, expression: string, conditions: readonly string[]): Promise<unknown> {
  const file = resolve('dist/handlers/entry', `${name}.js`)
  const code = `import handler from ${JSON.stringify(file)}; console.log(JSON.stringify(${expression}) ?? 'undefined')`
  const args = [
    ...conditions.map((condition) => `--conditions=${condition}`),
    '--input-type=module',
    '-e',
    code,
  ]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return stdout.trim()
}

test('on the edge, as its bundlers see it, there is no handler of pages and fetch', async () => {
  expect(await ofHandler('cache-handler', 'handler', ['edge-light'])).toBe('undefined')
  expect(await ofHandler('cache-handler', 'handler.name', [])).toBe('"WhenNothingIsOvertaken"')
})

test('on the edge the handlers of use cache keep nothing', async () => {
  for (const name of ['use-cache', 'use-cache-remote']) {
    expect(await ofHandler(name, "await handler.get('key', []) ?? 'nothing'", ['edge-light'])).toBe(
      '"nothing"',
    )
    expect(await ofHandler(name, 'Object.keys(handler).sort()', [])).toBe(
      '["get","getExpiration","refreshTags","set","updateTags"]',
    )
  }
})
