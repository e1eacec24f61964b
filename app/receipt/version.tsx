import type { CSSProperties } from 'react'
import { huesOf } from './hues.ts'
import styles from './receipt.module.css'

/** A version and a swatch of the colours that it makes, so that a change is seen before it is read. */
export function Version({ version }: { version: string }) {
  return (
    <span className={styles.version} style={huesOf(version) as CSSProperties}>
      <span className={styles.swatch} aria-hidden="true" />
      {version}
    </span>
  )
}
