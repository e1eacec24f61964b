import type { ReactNode } from 'react'

/** A version beside a swatch in two colours that follow from it, so that a change is seen before it is read. */
export function Version({ version }: { version: string }): ReactNode {
  return (
    <code className="cv-version">
      <svg className="cv-swatch" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <path d="M0 0h12L0 12z" fill={`hsl(${hue(version.slice(0, 4))} 70% 52%)`} />
        <path d="M12 0v12H0z" fill={`hsl(${hue(version.slice(4))} 60% 42%)`} />
      </svg>
      {version}
    </code>
  )
}

function hue(text: string): number {
  let hash = 0
  for (const character of text) hash = (hash * 131 + character.charCodeAt(0)) % 99_991
  return hash % 360
}
