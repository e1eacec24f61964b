import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** The example in the documentation, as an app would copy it. */
async function example(): Promise<string> {
  const source = await readFile('lib/versions/register.ts', 'utf8')
  const block = /```ts\n(.*?)```/s.exec(source)?.[1] ?? ''
  return block.replaceAll(/^ \* ?/gm, '')
}

for (const [moduleResolution, module] of [
  ['bundler', 'esnext'],
  ['nodenext', 'nodenext'],
] as const) {
  test(`with ${moduleResolution} the names of the example are known where no file imports the package's root`, async () => {
    const app = await mkdtemp(join(tmpdir(), 'cache-versions-register-'))
    try {
      await mkdir(join(app, 'node_modules'))
      await symlink(resolve('.'), join(app, 'node_modules/next-cache-versions'))
      const files = {
        'package.json': '{ "type": "module" }',
        'tsconfig.json': JSON.stringify({
          compilerOptions: {
            strict: true,
            noEmit: true,
            skipLibCheck: true,
            types: [],
            module,
            moduleResolution,
          },
        }),
        'caches.ts': await example(),
        'page.ts': `import { cacheVersion } from 'next-cache-versions/next'\ncacheVersion('bans')\ncacheVersion('bnas')\n`,
      }
      for (const [file, text] of Object.entries(files)) await writeFile(join(app, file), text)
      const { stdout } = await promisify(execFile)(resolve('node_modules/.bin/tsc'), ['-p', app]).catch(
        (failed) => failed,
      )
      expect(stdout.trim().split('\n')).toEqual([
        expect.stringMatching(
          /page\.ts\(3,.*'"bnas"' is not assignable to parameter of type '"bans" \| "settings"'/,
        ),
      ])
    } finally {
      await rm(app, { recursive: true, force: true })
    }
  })
}
