import type { CSSProperties } from 'react'
import { huesOf } from '../receipt/hues.ts'
import styles from './home.module.css'

/** A key taken apart, each part above what it stands for. */
export function KeyAnatomy({ parts, meanings }: { parts: readonly string[]; meanings: readonly string[] }) {
  return (
    <section aria-labelledby="key">
      <h2 id="key" className={styles.heading}>
        A key, taken apart
      </h2>
      <dl className={styles.anatomy}>
        {parts.map((part, index) => (
          <div key={meanings[index]} data-version={part.length === 8} style={huesOf(part) as CSSProperties}>
            <dt>{part}</dt>
            <dd>{meanings[index]}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.caption}>
        Members’ permissions depend on the rules and on the tree they are inherited through. When either has a
        new version, this key is never asked for again; the entry under it ages out.
      </p>
    </section>
  )
}
