import { type LeaseHolder, readLeaseHolders } from '../../versions/lease-holders.ts'
import { type CacheOverview, readCacheOverview } from '../../versions/log.ts'
import { columns, momentOf } from '../columns.ts'
import { withDatabase } from '../database.ts'
import type { Invocation } from '../invocation.ts'
import { styled } from '../style.ts'
import { verb } from '../verb.ts'

export const list = verb({
  about: `Lists every cache with its version and its last invalidation: when (UTC), by whom, from where, why; and the servers
that hold a lease now.`,
  options: {},
  json: `{"caches": [{"cache", "version", "invalidatedAt", "actor", "source", "reason"}],
              "leases": [{"server", "pid"}]}`,
  async run({ invocation }) {
    const { caches, leases } = await withDatabase(invocation, async () => {
      return { caches: await readCacheOverview(), leases: await readLeaseHolders() }
    })
    return {
      text: [listing(caches, invocation), ...held(leases)].join('\n\n'),
      json: {
        caches: caches.map(({ cache, version, invalidatedAt, actor, source, reason }) => {
          return { cache, version, invalidatedAt, actor, source, reason }
        }),
        leases,
      },
    }
  },
})

function held(leases: readonly LeaseHolder[]): string[] {
  if (leases.length === 0) return []
  const servers = leases.length === 1 ? 'One server holds' : `${leases.length} servers hold`
  // Any session may give itself a name that would steer the terminal.
  return columns([[`${servers} a lease: ${leases.map(({ server }) => server).join(', ')}`]])
}

function listing(caches: readonly CacheOverview[], { command, stdout, env }: Invocation): string {
  if (caches.length === 0) return `No cache is versioned yet. Start one with: ${command('start')} CACHE`
  const [head = '', ...lines] = columns([
    ['CACHE', 'VERSION', 'INVALIDATED', 'BY', 'FROM', 'WHY'],
    ...caches.map(({ cache, version, invalidatedAt, actor, source, reason }) => [
      cache,
      version,
      momentOf(invalidatedAt),
      actor ?? '-',
      source ?? '-',
      reason ?? '-',
    ]),
  ])
  return [styled(stdout, env, 'dim', head), ...lines].join('\n')
}
