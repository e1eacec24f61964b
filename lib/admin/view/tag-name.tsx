import type { ReactNode } from 'react'
import { tagNameOf } from '../../internals/path-tags.ts'

/** A tag, or the path or route that it stands for, and which of them it is. */
export function TagName({ tag }: { tag: string }): ReactNode {
  const { kind, name } = tagNameOf(tag)
  if (kind === 'all tags') return 'all tags and paths'
  return (
    <>
      <bdi className="cv-tag" title={name}>
        {name}
      </bdi>
      <span className="cv-source">{kind}</span>
    </>
  )
}
