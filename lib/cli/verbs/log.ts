import { typedPathTags } from '../../internals/path-tags.ts'
import { type CacheInvalidation, readCacheInvalidations } from '../../versions/log.ts'
import { checkCacheName } from '../../versions/name.ts'
import { recallOf, staleOf } from '../../versions/recall.ts'
import { checkTag } from '../../versions/tag.ts'
import { columns, momentOf } from '../columns.ts'
import { withDatabase } from '../database.ts'
import type { Invocation } from '../invocation.ts'
import { styled } from '../style.ts'
import { tagLabel } from '../tag-label.ts'
import { UsageError } from '../usage-error.ts'
import { verb } from '../verb.ts'

const mostLines = 1000

export const log = verb({
  about: `Shows the log of invalidations, the newest line first: its number, the cache, tag or path, the version before and
after, when (UTC), by whom, from where, how many leases of servers it recalled and how long that took, why. The lines
before the last one shown: --before with its number.`,
  options: {
    cache: { type: 'string', value: 'CACHE', about: 'Only the lines of this cache' },
    tag: {
      type: 'string',
      value: 'TAG',
      about: "Only the lines of this tag; 'post:*' for all that begin so",
    },
    path: {
      type: 'string',
      value: 'PATH',
      about: "Only the lines of this path; '/posts/*' for all that begin so",
    },
    limit: { type: 'string', value: 'NUMBER', about: `How many lines, ${mostLines} at most (default: 20)` },
    before: { type: 'string', value: 'LINE', about: 'Only lines before this one' },
  },
  json: `[{"id", "cache", "tag", "expireSeconds", "version", "previousVersion", "invalidatedAt", "actor",
              "reason", "source", "recalledLeases", "recallMilliseconds"}]`,
  examples: ['--cache bans --limit 100', "--tag 'post:*'"],
  async run({ values, invocation }) {
    const limit = numberOf('limit', values.limit) ?? 20
    if (limit > mostLines) throw new UsageError(`--limit ${limit} is too many. Ask for ${mostLines} at most.`)
    const before = numberOf('before', values.before)
    const asked = { limit, ...(before === undefined ? {} : { before }), ...subject(values) }
    const lines = await withDatabase(invocation, () => readCacheInvalidations(asked))
    return { text: listing(lines, invocation), json: lines }
  },
})

function subject(values: {
  cache?: string | undefined
  tag?: string | undefined
  path?: string | undefined
}): { cache?: string; tag?: string } {
  const { cache, tag, path } = values
  if ([cache, tag, path].filter((value) => value !== undefined).length > 1)
    throw new UsageError('The log shows one cache, tag or path. Name one of them.')
  if (cache !== undefined) return { cache: checkCacheName(cache) }
  if (tag !== undefined) return { tag: checkTag(tag) }
  const [first] = path === undefined ? [] : typedPathTags(path)
  return first === undefined ? {} : { tag: first }
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (/^[0-9]+$/.test(text) && number > 0 && Number.isSafeInteger(number)) return number
  throw new UsageError(`--${option} ${JSON.stringify(text)} is not a number. Write a whole number from 1.`)
}

function listing(lines: readonly CacheInvalidation[], { stdout, env }: Invocation): string {
  if (lines.length === 0) return 'The log has no such line.'
  const hasRecalls = lines.some((line) => recallOf(line))
  const [head = '', ...rows] = columns([
    [
      'LINE',
      'CACHE OR TAG',
      'VERSION',
      'INVALIDATED',
      'BY',
      'FROM',
      ...(hasRecalls ? ['RECALLED'] : []),
      'WHY',
    ],
    ...lines.map((line) => [
      String(line.id),
      [line.tag === null ? line.cache : tagLabel(line.tag), staleOf(line)].filter(Boolean).join(', '),
      `${line.previousVersion ?? 'none'} → ${line.version}`,
      momentOf(line.invalidatedAt),
      line.actor ?? '-',
      line.source ?? '-',
      ...(hasRecalls ? [recallOf(line) ?? '-'] : []),
      line.reason ?? '-',
    ]),
  ])
  return [styled(stdout, env, 'dim', head), ...rows].join('\n')
}
