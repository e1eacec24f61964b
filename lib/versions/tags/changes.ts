import { LRUCache } from 'lru-cache'
import { slot } from '../../base/slot.ts'

/** A line of the log of tags. */
export interface TagLine {
  readonly id: number
  /** The version of the cache of tags that it led to, and that before. */
  readonly version: string
  readonly previousVersion: string | null
  readonly tag: string
  /** For so many seconds it makes stale only; 0: it expires at once. */
  readonly expireSeconds: number
  /** How many seconds ago it was written, by the clock of Postgres. */
  readonly age: number
}

/** The last changes of a tag, by the ids of their lines; 0 for none. */
interface TagChange {
  readonly expired: number
  readonly stale: number
  /** When the stale entries expire, on the clock of `performance`. */
  readonly expiresAt: number
}

interface TagChanges {
  /** Whether this process judges entries by their tags. Scripts do not, and need not read the log. */
  areWatched: boolean
  /** Another number for another history, as after a restore of Postgres. */
  history: number
  /** The last line read. */
  last: TagLine | undefined
  /** The version of the cache of tags up to which all lines have been read. */
  version: string | undefined
  /** Lines up to this id may be missing here. */
  floor: number
  /** The id of the last line before the build, the position of entries without a stamp; unset until it is looked up. */
  ofBuild: number | undefined
  /** The id of the last line of each version; -1 where the log has none. */
  readonly positions: LRUCache<string, number>
  readonly tags: LRUCache<string, TagChange>
  /** The last change of all tags that begin so, and the newest of them all. */
  readonly prefixes: Map<string, number>
  newestPrefix: number
}

const mebibyte = 1024 * 1024
/** The most memory for tags that have changed; of those that changed before, the log is asked. */
const maxBytes = 16 * mebibyte
const maxPositions = 50_000
/** With more, every prefix stands for every tag. */
const maxPrefixes = 100

/** The tags that have changed, as far as this process has read the log. */
export const changes = slot('tag changes', (): TagChanges => {
  const state: TagChanges = {
    areWatched: false,
    history: 0,
    last: undefined,
    version: undefined,
    floor: 0,
    ofBuild: undefined,
    positions: new LRUCache({ max: maxPositions }),
    tags: new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (_, tag) => 2 * tag.length + 200,
      dispose: ({ expired, stale }, _, reason) => {
        if (reason === 'evict') state.floor = Math.max(state.floor, expired, stale)
      },
    }),
    prefixes: new Map(),
    newestPrefix: 0,
  }
  return state
})

/** From now on each read of the versions reads the changes of tags too. */
export function watchTags(): void {
  changes.areWatched = true
}

/** Forgets all lines, for the log is another one. Those up to the floor are not known from now on. */
export function forgetChanges(floor = 0): void {
  changes.history++
  changes.tags.clear()
  changes.positions.clear()
  changes.prefixes.clear()
  Object.assign(changes, { last: undefined, version: undefined, newestPrefix: 0, floor, ofBuild: undefined })
}

/** Notes lines of the log, the oldest first. */
export function noteLines(lines: readonly TagLine[]): void {
  for (const line of lines) {
    changes.positions.set(line.version, line.id)
    // The first line of a log tells the version before it.
    if (line.previousVersion && !changes.positions.has(line.previousVersion))
      changes.positions.set(line.previousVersion, line.id - 1)
    if (line.tag.endsWith('*')) notePrefix(line.tag.slice(0, -1), line.id)
    // Such a tag may also be meant as it is.
    noteChange(line)
    changes.last = line
  }
}

/** Notes a line, which may be older than those known. */
export function noteChange({
  tag,
  id,
  expireSeconds,
  age,
}: Omit<TagLine, 'version' | 'previousVersion'>): void {
  const before = changes.tags.peek(tag) ?? unchanged
  const change =
    expireSeconds === 0
      ? { ...before, expired: Math.max(before.expired, id) }
      : id < before.stale
        ? before
        : { ...before, stale: id, expiresAt: performance.now() + 1000 * (expireSeconds - age) }
  changes.tags.set(tag, change)
}

/** Notes that the log has no line of the tag. */
export function noteUnchanged(tag: string): void {
  if (!changes.tags.has(tag)) changes.tags.set(tag, unchanged)
}

export function notePrefix(prefix: string, id: number): void {
  changes.newestPrefix = Math.max(changes.newestPrefix, id)
  const key = changes.prefixes.size < maxPrefixes || changes.prefixes.has(prefix) ? prefix : ''
  changes.prefixes.set(key, Math.max(changes.prefixes.get(key) ?? 0, id))
}

const unchanged: TagChange = { expired: 0, stale: 0, expiresAt: 0 }
