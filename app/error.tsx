'use client'

import styles from './layout/layout.module.css'

/** In production Next keeps the message of a server's error from the browser, so this says what it can only be. */
export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const development = process.env.NODE_ENV === 'development' && error instanceof Error
  const digest = error instanceof Error && 'digest' in error ? String(error.digest) : undefined
  return (
    <div className={styles.notice}>
      <h1>This page could not be computed</h1>
      <p>
        Most likely Postgres cannot be reached. Then no version is known, and a version that is not known is
        never guessed: the page fails rather than show a value that may be old. If you sent a form, look
        whether it was saved before you send it again.
      </p>
      {development ? <pre>{error.message}</pre> : null}
      {digest ? (
        <p>
          The server’s log says why, under <code>{digest}</code>.
        </p>
      ) : null}
      <button type="button" onClick={() => retry()} className={styles.retry}>
        Try again
      </button>
    </div>
  )
}
