import { tagNameOf } from '../internals/path-tags.ts'

/** A tag as a cell: `tag post:42`, `path /posts/42`, `page /posts/[id]`. */
export function tagLabel(tag: string): string {
  const { kind, name } = tagNameOf(tag)
  return kind === 'all tags' ? 'all tags and paths' : `${kind} ${name}`
}
