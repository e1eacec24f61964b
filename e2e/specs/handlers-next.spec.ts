import { readFile } from 'node:fs/promises'
import { expect } from '@playwright/test'
import { startCluster } from '../harness/cluster.ts'
import { test } from '../harness/test.ts'

const changedNext = new URL('../harness/changed-next.cjs', import.meta.url).pathname

test('on a Next that has changed what the handlers rely on, no page is served and the log says what', async ({
  built,
}) => {
  const cluster = await startCluster(await built(), { servers: 0 })
  try {
    const server = await cluster.start({ NODE_OPTIONS: `--require ${changedNext}` })
    for (const path of ['/static', '/api/static']) expect((await fetch(server.url + path)).status).toBe(500)
    expect(await readFile(server.log, 'utf8')).toContain(
      'what the cache handlers rely on: the methods of FileSystemCache.',
    )
  } finally {
    await cluster.stop()
  }
})
