import type { CSSProperties } from 'react'
import { huesOf } from '../receipt/hues.ts'
import styles from './home.module.css'

/** The idea as a picture: one value, asked for before an invalidation and after it. */
export function BeforeAndAfter() {
  return (
    <div className={styles.before}>
      <Moment version="k3j9x0Qz" outcome="hit" />
      <p className={styles.act}>↓ invalidateCache('bans')</p>
      <Moment version="Hs81mPa0" outcome="miss, load, store" />
    </div>
  )
}

function Moment({ version, outcome }: { version: string; outcome: string }) {
  return (
    <p className={styles.moment} style={huesOf(version) as CSSProperties}>
      <strong>bans:{version}</strong> <span>→ {outcome}</span>
    </p>
  )
}
