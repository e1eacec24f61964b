import type { ReactNode } from 'react'
import styles from './layout.module.css'

export function Panel({ title, id, children }: { title: string; id?: string; children: ReactNode }) {
  return (
    <section className={styles.panel} id={id} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}
