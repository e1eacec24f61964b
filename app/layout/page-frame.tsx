import type { ReactNode } from 'react'
import styles from './layout.module.css'

interface PageFrameProps {
  title: string
  lead: string
  aside: ReactNode
  children: ReactNode
}

/** A page of the forum: what it is about, and beside it where its values came from. */
export function PageFrame({ title, lead, aside, children }: PageFrameProps) {
  return (
    <div className={styles.page}>
      <header className={styles.intro}>
        <h1>{title}</h1>
        <p>{lead}</p>
      </header>
      <div className={styles.columns}>
        <div className={styles.content}>{children}</div>
        <div className={styles.aside}>{aside}</div>
      </div>
    </div>
  )
}
