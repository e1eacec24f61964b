import { deflateSync, inflateSync } from 'node:zlib'

/** The tags of an entry; `undefined` for an entry without tags. */
type EntryTags = readonly string[] | undefined

interface ResumeData {
  store: {
    cache: Record<string, { entry: { tags?: string[] } }>
    fetch: Record<string, { tags?: string[] }>
  }
}

/** The state of a shell without entries. */
const nothing = 'null'

/**
 * Returns the tags of each entry in the `postponed` state of a shell (`server/app-render/postponed-state.js`). Next
 * uses those entries when it resumes the shell, without asking any cache handler.
 */
export function postponedTags(postponed: string): EntryTags[] {
  const { entries } = split(postponed)
  if (entries === nothing) return []
  const data = readEntries(entries)
  // The format of another Next: its entries cannot be judged.
  if (!data) return [undefined]
  const { cache, fetch } = data.store
  return [
    ...Object.values(cache).map(({ entry }) => entry.tags),
    ...Object.values(fetch).map(({ tags }) => tags),
  ]
}

/** Returns the state without the entries that may not stay. The resumed render asks the cache handlers for them. */
export function withoutEntries(postponed: string, mayStay: (tags: EntryTags) => boolean): string {
  const { shell, entries } = split(postponed)
  const data = readEntries(entries)
  if (!data) return shell + nothing
  const { cache, fetch } = data.store
  data.store.cache = filterValues(cache, ({ entry }) => mayStay(entry.tags))
  data.store.fetch = filterValues(fetch, ({ tags }) => mayStay(tags))
  const text = JSON.stringify(data)
  return shell + (isPlain(entries) ? text : deflateSync(text).toString('base64'))
}

/** `<length>:<string>` for React, then the entries. */
function split(postponed: string): { shell: string; entries: string } {
  const prefix = /^(\d+):/.exec(postponed)
  if (!prefix) return { shell: postponed, entries: nothing }
  const end = prefix[0].length + Number(prefix[1])
  return { shell: postponed.slice(0, end), entries: postponed.slice(end) }
}

/** The entries are JSON, deflated and in base64 unless the app turned that off. */
function readEntries(entries: string): ResumeData | undefined {
  try {
    const text = isPlain(entries) ? entries : inflateSync(Buffer.from(entries, 'base64')).toString()
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isPlain(entries: string): boolean {
  return entries.startsWith('{')
}

function filterValues<Value>(
  values: Record<string, Value>,
  keep: (value: Value) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => keep(value)))
}
