import { deadlineOf } from '../../base/deadline.ts'
import { database, databaseError } from '../../postgres/database.ts'
import { type Statement, sql } from '../../postgres/statement.ts'
import { withDatabase } from '../database.ts'
import { UsageError } from '../usage-error.ts'
import { verb } from '../verb.ts'

/** How long one of the short transactions may take, in milliseconds. */
const longestMilliseconds = 60_000

export const prune = verb({
  about: `Deletes old lines of the log, in short transactions that are in nobody's way. The newest line of each cache stays
however old it is, so that its last invalidation remains known.
In SQL, until it returns 0: select prune_cache_invalidations('30 days');`,
  options: {
    'older-than': {
      type: 'string',
      value: 'AGE',
      about: 'How old: a number and h, d or w, as in 12h, 90d or 8w (default: 90d)',
    },
  },
  hasDryRun: true,
  json: '{"deleted", "olderThan"}',
  examples: ['--older-than 30d'],
  async run({ values, dryRun, invocation }) {
    const olderThan = ageOf(values['older-than'] ?? '90d')
    const deleted = await withDatabase(invocation, () => (dryRun ? count(olderThan) : deleteLines(olderThan)))
    return {
      text: `${dryRun ? 'Would delete' : 'Deleted'} ${deleted} ${deleted === 1 ? 'line' : 'lines'} older than ${olderThan}.`,
      json: { deleted, olderThan },
    }
  },
})

function ageOf(text: string): string {
  if (/^[0-9]{1,6}[hdw]$/.test(text)) return text
  throw new UsageError(`${JSON.stringify(text)} is not an age. Write a number and h, d or w, as in 90d.`)
}

async function deleteLines(olderThan: string): Promise<number> {
  for (let deleted = 0; ; ) {
    const lines = await ask(sql`select prune_cache_invalidations(${olderThan}::interval) as lines`)
    if (lines === 0) return deleted
    deleted += lines
  }
}

function count(olderThan: string): Promise<number> {
  return ask(sql`
    select count(*)::int as lines from (
      select invalidated_at, row_number() over (partition by cache order by id desc) as nth
      from cache_invalidations where version is not null
    ) as line
    where nth > 1 and invalidated_at < now() - ${olderThan}::interval`)
}

async function ask(question: Statement): Promise<number> {
  const deadline = deadlineOf('Pruning the log', longestMilliseconds)
  try {
    const [row] = await database().log.ask<{ lines: number }>(question.text, ['lines'], deadline)
    return row?.lines ?? 0
  } catch (error) {
    throw databaseError(error)
  }
}
