import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

/** The row of the table of the API that names this import. */
async function row(name: string): Promise<string> {
  const api = await readFile('docs/api.md', 'utf8')
  return api.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? ''
}

test('every entry point is in docs/api.md, with everything it exports', async () => {
  const { exports } = JSON.parse(await readFile('package.json', 'utf8'))
  for (const [path, target] of Object.entries<{ default: string } | string>(exports)) {
    if (path === './package.json') continue
    const name = path.replace('.', 'next-cache-versions')
    const documented = await row(name)
    expect(documented, name).not.toBe('')
    if (typeof target === 'string') continue
    const module = await import(target.default.replace('./dist', '.').replace('.js', '.ts'))
    for (const exported of Object.keys(module)) {
      expect(documented, `${exported} of ${name}`).toContain(`\`${exported}\``)
    }
  }
})
