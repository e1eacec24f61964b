import { getCacheVersions } from 'next-cache-versions/next'
import { getBans } from '../bans/bans.ts'
import { aclKey } from '../permissions/permissions.ts'
import { getSettings } from '../settings/settings.ts'
import { BeforeAndAfter } from './before-and-after.tsx'
import { CacheCards } from './cache-cards.tsx'
import styles from './home.module.css'
import { InTheCode } from './in-the-code.tsx'
import { KeyAnatomy } from './key-anatomy.tsx'
import { TryIt } from './try-it.tsx'

// Nothing streams in, so the page and its forms work without JavaScript.
export const instant = false

export default async function HomePage() {
  const [versions, { value: settings }, bans] = await Promise.all([
    getCacheVersions(),
    getSettings(),
    getBans(),
  ])
  return (
    <div className={styles.home}>
      <header className={styles.hero}>
        <div>
          <h1>Change one row, and every old value is out of reach</h1>
          <p className={styles.lead}>
            A row in Postgres holds a random version for each cache. Every cached value has that version in
            its key. A write gives the cache a new version in its own transaction, and from the next request
            on every server looks under a new key. Nothing is deleted, and nobody compares clocks.
          </p>
        </div>
        <BeforeAndAfter />
      </header>
      <TryIt count={bans.value.length} receipt={bans.receipt} />
      <CacheCards versions={versions} />
      <KeyAnatomy
        parts={aclKey(versions, 4).split(':')}
        meanings={['what it is', 'version of permissions', 'version of categories', 'the group']}
      />
      <InTheCode />
      {settings.welcome ? (
        <p className={styles.welcome}>
          <span className={styles.quote}>{settings.welcome}</span>
          <span className={styles.source}>The forum’s welcome, from the cached settings</span>
        </p>
      ) : null}
    </div>
  )
}
