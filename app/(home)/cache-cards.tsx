import Link from 'next/link'
import type { CacheName, CacheVersions } from 'next-cache-versions'
import { caches } from '../caches.ts'
import { Version } from '../receipt/version.tsx'
import styles from './home.module.css'

const holds: Record<CacheName, string> = {
  settings: 'The name, the welcome and the figures that every page needs.',
  categories: 'The tree of a few hundred categories, put together from its rows.',
  permissions: 'What each group may do in each category. The tree counts too, so it hangs on both.',
  bans: 'The names that may not sign up, with their patterns.',
}

/** Every cache with its version at this request. */
export function CacheCards({ versions }: { versions: CacheVersions }) {
  return (
    <section aria-labelledby="caches">
      <h2 id="caches" className={styles.heading}>
        The four caches, at this request
      </h2>
      <ul className={styles.cards}>
        {caches.map((cache) => (
          <li key={cache} className={styles.card} data-cache={cache}>
            <h3>
              <Link href={`/${cache}`}>{cache}</Link>
            </h3>
            <Version version={versions[cache]} />
            <p>{holds[cache]}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
