/** The kinds of text in a store beside the entries of `cached()`. */
type Kind = 'family' | 'page' | 'probe' | 'use-cache'

/** Returns the name of a text of that kind. No key of an app is such a name, see {@link entryName}. */
export function nameOf(kind: Kind, key: string): string {
  return `~${kind} ${key}`
}

/** Returns the name of an entry of `cached()`: its key, with a beginning that no other kind has. */
export function entryName(key: string): string {
  return key.startsWith('~') ? `~${key}` : key
}

/**
 * Returns the name for messages, without the arguments of a function, which Next puts into the key of `'use cache'`.
 */
export function shownName(name: string): string {
  return name.startsWith(nameOf('use-cache', '')) ? "'use cache: remote'" : name
}
