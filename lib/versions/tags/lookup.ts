import { Coalesced } from '../../base/coalesced.ts'
import { deadlineOf } from '../../base/deadline.ts'
import { slot } from '../../base/slot.ts'
import { database, databaseError } from '../../postgres/database.ts'
import { type Statement, sql } from '../../postgres/statement.ts'
import { versionsOfTags } from '../stamp.ts'
import { cacheOfTags } from './cache.ts'
import { changes, noteChange, noteUnchanged } from './changes.ts'
import { logError } from './permission.ts'
import { tagText } from './text.ts'
import { isUnknown, positionOf } from './verdict.ts'

const longestMilliseconds = 2000

/** The entries that wait, by their tags, and the time of the build. */
interface Waiting {
  lists: (readonly string[])[]
  builtAfter: Date | undefined
}

const waiting = slot('tag lookups', (): Waiting => ({ lists: [], builtAfter: undefined }))
const lookups = slot('tag lookup', () => new Coalesced(lookUpWaiting))

/**
 * Asks the log for what this process does not know, or no more, about entries with these tags. Concurrent calls share a
 * question.
 *
 * @param builtAfter a time before which nothing of the build was loaded
 */
export async function lookUpTagChanges(
  lists: readonly (readonly string[])[],
  builtAfter: Date | undefined,
): Promise<void> {
  waiting.lists.push(...lists)
  waiting.builtAfter = builtAfter
  await lookups.run()
}

async function lookUpWaiting(): Promise<void> {
  const { lists } = waiting
  waiting.lists = []
  const { history } = changes
  try {
    await lookUpVersions([...new Set(lists.flatMap(versionsOfTags))].filter(isUnknownVersion))
    if (changes.ofBuild === undefined && lists.some((tags) => versionsOfTags(tags).length === 0))
      await lookUpBuild(history)
    await lookUpTags([...new Set(lists.flatMap(unknownTags))])
  } catch (cause) {
    throw databaseError(logError(cause))
  }
}

function isUnknownVersion(version: string): boolean {
  return version !== '' && !changes.positions.has(version)
}

function unknownTags(tags: readonly string[]): string[] {
  const position = positionOf(versionsOfTags(tags)) ?? -1
  return position < 0 ? [] : tags.filter((tag) => isUnknown(tag, position)).map(tagText)
}

async function lookUpVersions(versions: readonly string[]): Promise<void> {
  if (versions.length === 0) return
  const { history } = changes
  const found = await ask<{ version: string; id: number }>(
    sql`
      select version, max(id)::float8 as id from cache_invalidations
      where tag <> '' and version = any (${versions}::bpchar[]) group by version`,
    ['version', 'id'],
  )
  if (changes.history !== history) return
  for (const version of versions) changes.positions.set(version, -1)
  for (const { version, id } of found) changes.positions.set(version, id)
}

/**
 * Without the time of the build, its entries count as older than the log.
 *
 * See docs/decisions/0055-what-a-build-has-not-stamped-is-judged-by-its-day.md
 */
async function lookUpBuild(history: number): Promise<void> {
  const { builtAfter } = waiting
  const [before] = builtAfter
    ? await ask<{ id: number }>(
        sql`
          select id::float8 as id from cache_invalidations
          where cache = ${cacheOfTags} and invalidated_at < ${builtAfter.toISOString()} and version is not null
          order by invalidated_at desc, cache_invalidations.id desc limit 1`,
        ['id'],
      )
    : []
  if (changes.history === history) changes.ofBuild = before?.id ?? 0
}

interface FoundChange {
  readonly tag: string
  readonly expired: number | null
  readonly stale: number | null
  readonly expireSeconds: number | null
  readonly age: number | null
}

async function lookUpTags(tags: readonly string[]): Promise<void> {
  if (tags.length === 0) return
  const { history, floor } = changes
  const found = await ask<FoundChange>(
    sql`
      select name as tag, (
          select max(id) from cache_invalidations
          where tag <> '' and tag = name and id <= ${floor} and expire_seconds = 0 and version is not null
        )::float8 as expired, soft.id::float8 as stale, soft.expire_seconds as "expireSeconds",
        extract(epoch from clock_timestamp() - soft.invalidated_at)::float8 as age
      from unnest(${tags}) as name left join lateral (
        select id, expire_seconds, invalidated_at from cache_invalidations
        where tag <> '' and tag = name and id <= ${floor} and expire_seconds > 0 and version is not null
        order by tag desc, id desc limit 1
      ) as soft on true`,
    ['tag', 'expired', 'stale', 'expireSeconds', 'age'],
  )
  if (changes.history !== history) return
  for (const { tag, expired, stale, expireSeconds, age } of found) {
    noteUnchanged(tag)
    if (expired) noteChange({ tag, id: expired, expireSeconds: 0, age: 0 })
    if (stale) noteChange({ tag, id: stale, expireSeconds: expireSeconds ?? 0, age: age ?? 0 })
  }
}

async function ask<R>(statement: Statement, columns: readonly (keyof R & string)[]): Promise<R[]> {
  const deadline = deadlineOf('Reading the log of tags', longestMilliseconds)
  return await database().reads.ask<R>(statement.text, columns, deadline)
}
