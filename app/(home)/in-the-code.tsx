import styles from './home.module.css'

const read = `const versions = await getCacheVersions()
const key = cacheKey('bans', versions, ['bans'])
const bans = await cached(key, loadBans, { ttlSeconds: 3600 })`

const write = `await db.transaction(async (tx) => {
  await tx.insert(bans).values(ban)
  await invalidateCache('bans', { tx, reason: 'ban created' })
})`

/** The two places where an app meets the package. */
export function InTheCode() {
  return (
    <section aria-labelledby="code">
      <h2 id="code" className={styles.heading}>
        In the code
      </h2>
      <div className={styles.code}>
        <figure>
          <figcaption>A read: all versions, once a request, and one in the key</figcaption>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
          <pre tabIndex={0}>
            <code>{read}</code>
          </pre>
        </figure>
        <figure>
          <figcaption>A write: the change and the new version commit together</figcaption>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
          <pre tabIndex={0}>
            <code>{write}</code>
          </pre>
        </figure>
      </div>
    </section>
  )
}
