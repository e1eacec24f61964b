'use client'

import type { CacheName } from 'next-cache-versions'
import { useEffect, useState } from 'react'
import { Version } from '../receipt/version.tsx'
import styles from './home.module.css'

const intervalMilliseconds = 1000
const budgetMilliseconds = 5000

/** Shows the version that Postgres holds now beside the one that the page was made with. */
export function Watch({ cache, made }: { cache: CacheName; made: string }) {
  const [now, setNow] = useState(made)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const left = new AbortController()
    const look = async () => {
      const version = document.hidden ? undefined : await currentVersion(cache, left.signal)
      if (left.signal.aborted) return
      if (version) setNow(version)
      timer = setTimeout(look, intervalMilliseconds)
    }
    timer = setTimeout(look, intervalMilliseconds)
    return () => {
      left.abort()
      clearTimeout(timer)
    }
  }, [cache])

  return (
    <p role="status" className={styles.watch}>
      <span>
        In Postgres now <Version version={now} />
      </span>
      <span>
        {now === made ? 'The same: the next view is a hit.' : 'Another: the next view is computed.'}
      </span>
    </p>
  )
}

/** The version, or nothing when the server does not answer: the next look may do better. */
async function currentVersion(cache: CacheName, left: AbortSignal): Promise<string | undefined> {
  try {
    const signal = AbortSignal.any([left, AbortSignal.timeout(budgetMilliseconds)])
    const response = await fetch('/api/versions', { cache: 'no-store', signal })
    const { versions } = (await response.json()) as { versions: Record<CacheName, string> }
    return versions[cache]
  } catch {
    return undefined
  }
}
