import { type CacheOverview, readCacheOverview } from '../../versions/log.ts'
import { columns, momentOf } from '../columns.ts'
import { withDatabase } from '../database.ts'
import type { Invocation } from '../invocation.ts'
import { styled } from '../style.ts'
import { verb } from '../verb.ts'

export const list = verb({
  about:
    'Lists every cache with its version and its last invalidation: when (UTC), by whom, from where, why.',
  options: {},
  json: '[{"cache", "version", "invalidatedAt", "actor", "source", "reason"}]',
  async run({ invocation }) {
    const caches = await withDatabase(invocation, () => readCacheOverview())
    return {
      text: listing(caches, invocation),
      json: caches.map(({ cache, version, invalidatedAt, actor, source, reason }) => {
        return { cache, version, invalidatedAt, actor, source, reason }
      }),
    }
  },
})

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
