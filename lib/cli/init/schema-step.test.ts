import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, createApp } from '../../test/app.ts'
import { lookAtApp } from './app.ts'
import { schemaStep } from './schema-step.ts'

const line = "export * from 'next-cache-versions/schema'"
let app: App

beforeAll(async () => {
  app = await createApp({ 'db/schema/posts.ts': 'export {};\n', 'db/one.ts': '' }, { withPackage: true })
})
afterAll(() => app.remove())

test.each([
  [['./db/one.ts'], { edit: { file: 'db/one.ts', before: '', after: `${line}\n` } }],
  [['./db/schema/posts.ts'], { edit: { file: 'db/schema/posts.ts', after: `export {};\n\n${line};\n` } }],
  [['./db/schema'], { edit: { file: 'db/schema/cache-versions.ts', before: undefined } }],
  [['./db/schema/*'], { edit: { file: 'db/schema/cache-versions.ts' } }],
  [['db/**/*.table.ts'], { edit: { file: 'db/cache-versions.table.ts' } }],
  [['./none.ts', './db/one.ts'], { edit: { file: 'db/one.ts' } }],
  [['db/*/*.ts'], { byHand: { lines: [line] } }],
  [['db/*/schema.ts'], { byHand: { file: 'the Drizzle schema', lines: [line] } }],
  [[], { byHand: { lines: [line] } }],
])('of a schema in %j the tables are exported where drizzle-kit reads them', (patterns, step) => {
  expect(schemaStep(lookAtApp({ cwd: app.folder }), patterns)).toMatchObject(step)
})

test('tables that another file of the folder exports are left there', async () => {
  await app.write('db/schema/of-others.ts', line)
  const step = schemaStep(lookAtApp({ cwd: app.folder }), ['./db/schema/*.ts'])
  expect(step).toEqual({ kept: 'db/schema exports the tables' })
  await app.reset()
})
