/** What is kept in a store beside the entries of `cached()`. */
type Kind = 'family' | 'page' | 'probe' | 'use-cache'

/** Gives the name of what is no entry of `cached()`. No key that an app makes is such a name, see {@link entryName}. */
export function nameOf(kind: Kind, key: string): string {
  return `~${kind} ${key}`
}

/** Gives the name of an entry of `cached()`: its key, which is told from every other kind by how it begins. */
export function entryName(key: string): string {
  return key.startsWith('~') ? `~${key}` : key
}

/** For people: the name, without the arguments of a function, which Next puts into the key of `'use cache'`. */
export function shownName(name: string): string {
  return name.startsWith(nameOf('use-cache', '')) ? "'use cache: remote'" : name
}
