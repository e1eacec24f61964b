import { expect, test } from '@playwright/test'
import {
  type Cluster,
  type ClusterOptions,
  invalidateBySql,
  startCluster,
} from './fixtures/handlers/support/cluster.ts'
import { kinds } from './fixtures/handlers/support/kinds.ts'
import { shown, values } from './fixtures/handlers/support/page.ts'
import { environment } from './support/environment.ts'

/** Without cache components a GET is dynamic unless it says otherwise. */
const staticRoute = `
import { unstable } from '../../readers'

export const dynamic = 'force-static'

export async function GET() {
  return new Response(await unstable())
}
`

const variants: Record<string, Pick<ClusterOptions, 'without' | 'files' | 'env'>> = {
  'without a proxy': { without: ['proxy.ts'] },
  'without cache components': {
    env: { FIXTURE_VARIANT: 'classic' },
    files: { 'app/api/static/route.ts': staticRoute },
  },
  'without cache components and without a proxy': {
    env: { FIXTURE_VARIANT: 'classic' },
    files: { 'app/api/static/route.ts': staticRoute },
    without: ['proxy.ts'],
  },
}

for (const [variant, options] of Object.entries(variants)) {
  test.describe(variant, () => {
    let cluster: Cluster

    test.beforeAll(async () => {
      test.setTimeout(180_000)
      cluster = await startCluster({ postgresUrl: environment().requestsDatabase, servers: 2, ...options })
    })

    test.afterAll(() => cluster?.stop())

    for (const [kind, path] of Object.entries(kinds)) {
      test(`${kind} is fresh at the next request on every server`, async () => {
        for (const round of [1, 2, 3]) {
          for (const server of cluster.servers) await values(server, path)
          const value = `${path}#${round}`
          await invalidateBySql(cluster, value)
          for (const server of cluster.servers) {
            for (const seen of await values(server, path)) expect(seen).toBe(value)
          }
        }
      })
    }

    test('a page without a version is left alone', async () => {
      for (const server of cluster.servers)
        expect(await shown(server, '/unversioned')).toEqual({ value: 'built' })
    })
  })
}
