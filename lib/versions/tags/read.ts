import { type Statement, sql } from '../../postgres/statement.ts'
import { cacheOfTags } from './cache.ts'
import { changes, forgetChanges, noteLines, notePrefix, type TagLine } from './changes.ts'

/** The most lines to read at once, and how many to begin with. */
const maxLines = 10_000

/** Asks Postgres for rows with these columns. */
export type Ask = <R>(statement: Statement, columns: readonly (keyof R & string)[]) => Promise<R[]>

/** The question for the lines after `last`, that one included, or for the newest lines. */
export interface Question {
  readonly last: TagLine | undefined
  readonly statement: Statement
}

/**
 * Reads the log of tags up to that version of the cache of tags, unless it is known. Nothing is asked while no tag changes.
 *
 * See docs/decisions/0054-all-tags-are-one-more-cache.md
 */
export async function readTagChanges(version: string | undefined, ask: Ask): Promise<void> {
  while (changes.areWatched && version !== undefined && version !== changes.version) {
    const question = newLines()
    const lines = await ask<TagLine>(question.statement, [
      'id',
      'version',
      'previousVersion',
      'tag',
      'expireSeconds',
      'age',
    ])
    if (!noteAnswer(question, lines)) continue
    if (changes.floor > 0 && !question.last) await readPrefixes(ask)
    changes.version = version
  }
}

export function newLines(): Question {
  const { last } = changes
  // With "<=" there is only the index by cache to walk along.
  const ofTags = sql`
    select id::float8 as id, version, previous_version as "previousVersion", tag, expire_seconds as "expireSeconds",
      extract(epoch from clock_timestamp() - invalidated_at)::float8 as age
    from cache_invalidations
    where cache >= ${cacheOfTags} and cache <= ${cacheOfTags} and version is not null`
  const statement = last
    ? sql`${ofTags} and id >= ${last.id} order by cache, id limit ${maxLines}`
    : sql`${ofTags} order by cache desc, cache_invalidations.id desc limit ${maxLines}`
  return { last, statement }
}

/** Notes the lines of an answer. Returns whether there are no more to be read. */
export function noteAnswer({ last }: Question, lines: readonly TagLine[]): boolean {
  // Another answer has come first.
  if (changes.last !== last) return false
  if (!last) {
    const isAll = lines.length < maxLines
    forgetChanges(isAll ? 0 : lines.at(-1)?.id)
    noteLines(lines.toReversed())
    return true
  }
  const [first, ...rest] = lines
  if (first?.id !== last.id || first.version !== last.version) {
    // Another history than the one read so far: Postgres was restored, or the log was deleted.
    forgetChanges()
    return false
  }
  noteLines(rest)
  return lines.length < maxLines
}

/** Reads the lines that stand for many tags: the newest lines may not hold them all. */
async function readPrefixes(ask: Ask): Promise<void> {
  const prefixes = await ask<{ tag: string; id: number }>(
    sql`
      select tag, max(id)::float8 as id from cache_invalidations
      where tag like '%*' and version is not null group by tag`,
    ['tag', 'id'],
  )
  for (const { tag, id } of prefixes) notePrefix(tag.slice(0, -1), id)
}
