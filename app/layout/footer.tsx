import styles from './layout.module.css'

export function Footer() {
  return (
    <footer className={styles.footer}>
      <div className={styles.closing}>
        <p>
          A demo of <code>next-cache-versions</code>. It has no users: everybody may change the forum.
        </p>
        <p>
          <a href="/api/versions">The versions as JSON</a>
        </p>
      </div>
    </footer>
  )
}
