import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadNextConfig } from '../../internals/next-config.ts'
import { moduleParser } from '../../internals/parse-module.ts'
import { type App, createApp } from '../../test/app.ts'
import { wrapConfig } from './wrap-config.ts'

const parse = moduleParser(process.cwd())
let apps: App[]

/** Each form in which Next takes a configuration, and what becomes of it. */
const forms: [file: string, before: string, after: string][] = [
  [
    'next.config.ts',
    `import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  distDir: "own",
};

export default nextConfig;
`,
    `import type { NextConfig } from "next";
import { withCacheVersions } from "next-cache-versions/config";

const nextConfig: NextConfig = {
  distDir: "own",
};

export default withCacheVersions(nextConfig);
`,
  ],
  [
    'next.config.mjs',
    `// @ts-check
/** @type {import('next').NextConfig} */
export default { distDir: 'own' }
`,
    `// @ts-check
import { withCacheVersions } from 'next-cache-versions/config'

/** @type {import('next').NextConfig} */
export default withCacheVersions({ distDir: 'own' })
`,
  ],
  [
    'next.config.js',
    `/** @type {import('next').NextConfig} */
module.exports = { distDir: 'own' };
`,
    `const { withCacheVersions } = require('next-cache-versions/config');

/** @type {import('next').NextConfig} */
module.exports = withCacheVersions({ distDir: 'own' });
`,
  ],
  [
    'next.config.js',
    `const withPlugin = (config) => async () => ({ ...config, distDir: 'own' })
module.exports = withPlugin({})
`,
    `const { withCacheVersions } = require('next-cache-versions/config')

const withPlugin = (config) => async () => ({ ...config, distDir: 'own' })
module.exports = withCacheVersions(withPlugin({}))
`,
  ],
  [
    'next.config.mjs',
    `import { join } from 'node:path'

export default async function config(phase, { defaultConfig }) {
  return { ...defaultConfig, distDir: join('own') }
}
`,
    `import { join } from 'node:path'
import { withCacheVersions } from 'next-cache-versions/config'

export default withCacheVersions(async function config(phase, { defaultConfig }) {
  return { ...defaultConfig, distDir: join('own') }
})
`,
  ],
  [
    'next.config.ts',
    `const slow = async (config: object) => ({ ...config, distDir: 'own' })\r
\r
export default slow({}) satisfies object\r
`,
    `import { withCacheVersions } from 'next-cache-versions/config'\r
\r
const slow = async (config: object) => ({ ...config, distDir: 'own' })\r
\r
export default withCacheVersions(slow({}) satisfies object)\r
`,
  ],
  [
    'next.config.ts',
    `import type { NextConfig } from 'next'
import path from 'node:path'

export default (phase: string): NextConfig => ({ distDir: path.join('own') })
`,
    `import type { NextConfig } from 'next'
import path from 'node:path'
import { withCacheVersions } from 'next-cache-versions/config'

export default withCacheVersions((phase: string): NextConfig => ({ distDir: path.join('own') }))
`,
  ],
]

beforeAll(async () => {
  apps = await Promise.all(
    forms.map(([file, , after]) =>
      createApp({ 'package.json': '{ "name": "an-app" }', [file]: after }, { withPackage: true }),
    ),
  )
})
afterAll(() => Promise.all(apps.map((app) => app.remove())))

test.each(forms)('%s is wrapped whatever form it has', (_, before, after) => {
  expect(wrapConfig(before, parse)).toEqual({ kind: 'wrapped', text: after })
  expect(wrapConfig(after, parse)).toEqual({ kind: 'already' })
})

test('Next loads each of them, with the handlers and with what it said before', async () => {
  const loaded = await Promise.all(apps.map((app) => loadNextConfig(app.folder, process.env)))
  expect(loaded).toEqual(
    forms.map(() =>
      expect.objectContaining({
        distDir: 'own',
        cacheHandler: expect.stringMatching(/dist\/handlers\/entry\/cache-handler\.js$/),
      }),
    ),
  )
})

test.each([
  ['module.exports = {}\nmodule.exports.distDir = 1', 'assigns to its exports in more than one place'],
  ['const config = {}\nexport { config as default }', 'neither `export default` nor `module.exports =`'],
  ['export default class {}', 'exports a ClassDeclaration'],
  ['export default function config() {}\nconfig.own = 1', '"config" is used elsewhere'],
  ['import { withCacheVersions } from "./own"\nexport default withCacheVersions()', 'something else named'],
  ['export default {', 'cannot be parsed'],
  ['export default function config() {}\n[1].map(String)', 'no safe place'],
  ["import a from 'a' /* first\nsecond */\nexport default {}", 'no safe place'],
  ["import a from 'a'; export default {\n}", 'no safe place'],
])('%j is left to a person', (text, why) => {
  expect(wrapConfig(text, parse)).toEqual({ kind: 'refused', why: expect.stringContaining(why) })
})
