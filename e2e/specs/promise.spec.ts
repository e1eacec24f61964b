import { expect } from '@playwright/test'
import type { App } from '../harness/app.ts'
import { type ClusterOptions, startCluster } from '../harness/cluster.ts'
import { test } from '../harness/test.ts'
import type { PromiseOutcome } from '../proofs/promise/outcome.ts'
import type { IsEnough } from '../proofs/promise/tally.ts'
import { checkPromise, untilOfEveryKind } from '../proofs/promise.ts'

// The checker of `pnpm soak promise` in a short run.

test.setTimeout(180_000)

for (const leases of ['auto', 'off'] as const) {
  test(`no read under concurrent writes is old with leases ${leases}`, async ({ built }) => {
    const options = { servers: 2, env: { CACHE_VERSIONS_LEASES: leases } }
    const { old, violations, failures } = await check(await built(), options, untilOfEveryKind('cached', 400))
    expect({ old, violations, failures }).toEqual({ old: 0, violations: [], failures: [] })
  })
}

test("the checker finds old values of every kind with Next's own handlers", async ({ built }) => {
  const stock = { servers: 1, env: { FIXTURE_VARIANT: 'stock' } }
  const { byKind } = await check(await built(), stock, untilOfEveryKind('old', 300))
  for (const [kind, { old }] of Object.entries(byKind)) expect(old, kind).toBeGreaterThan(0)
})

async function check(app: App, options: ClusterOptions, isEnough: IsEnough): Promise<PromiseOutcome> {
  const cluster = await startCluster(app, { direct: true, ...options })
  try {
    return await checkPromise(cluster, isEnough)
  } finally {
    await cluster.stop()
  }
}
