import { expect } from '@playwright/test'
import { checkPromise } from '../scripts/soak/promise.ts'
import { startCluster } from './fixtures/handlers/support/cluster.ts'
import { test } from './fixtures/handlers/support/test.ts'

// The checker itself: what it finds in a short run. The long one is `pnpm soak promise`.

test('the checker finds old values where Next has its own cache handlers', async ({ built }) => {
  test.setTimeout(180_000)
  const cluster = await startCluster(await built(), {
    servers: 2,
    direct: true,
    env: { FIXTURE_VARIANT: 'stock' },
  })
  try {
    const { old, byKind } = await checkPromise(cluster, 800)
    expect(old).toBeGreaterThan(0)
    for (const counts of Object.values(byKind)) expect(counts.old).toBeGreaterThan(0)
  } finally {
    await cluster.stop()
  }
})
