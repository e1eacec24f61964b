import { expect, test } from '@playwright/test'
import postgres from 'postgres'
import { freePort, interrupt, startScript, stopScripts } from '../harness/script.ts'

// On the database of the demo that the other specs use; a Redis is started for it.
const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} })

test.afterEach(stopScripts)
test.afterAll(() => sql.end())

async function settingsFrom(server: string) {
  const { versions, receipt } = await (await fetch(`${server}/api/versions`)).json()
  return { version: versions.settings, key: receipt.key, result: receipt.result, store: receipt.store }
}

for (const [transport, args, store] of [
  ['a plain Redis', [], 'redis'],
  ['the REST protocol of Upstash', ['--rest'], 'upstash'],
] as const) {
  test(`over ${transport} two servers share each value, and each invalidation`, async () => {
    test.setTimeout(120_000)
    const cluster = startScript('cluster', ['--port', await freePort(), ...args], process.env)
    const servers = (await cluster.says('Servers')).split(' ')
    const app = await cluster.says('App')
    expect((await fetch(app)).status).toBe(200)

    for (const [one = '', two = ''] of [servers, [...servers].reverse()]) {
      await sql`select invalidate_cache('settings')`
      const [row] = await sql`select version from cache_versions where cache = 'settings'`
      const first = await settingsFrom(one)
      expect(first).toMatchObject({
        version: row?.version,
        result: 'miss',
        store: store,
      })
      expect(await settingsFrom(two)).toEqual({ ...first, result: 'hit' })
    }

    await interrupt(cluster)
    for (const server of [app, ...servers]) await expect(fetch(server)).rejects.toThrow()
  })
}
