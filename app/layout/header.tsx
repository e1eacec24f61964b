import Link from 'next/link'
import { Suspense } from 'react'
import { forumName } from '../settings/forum-name.ts'
import styles from './layout.module.css'
import { Navigation } from './navigation.tsx'

export function Header() {
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <Link href="/" className={styles.brand}>
          <Suspense fallback="Forum">
            <ForumName />
          </Suspense>
        </Link>
        <Navigation />
      </div>
    </header>
  )
}

/** Request-time, so it sits below Suspense: a page that needs no version keeps its static shell. */
async function ForumName() {
  return await forumName()
}
