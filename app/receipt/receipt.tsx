import { clockTime } from './clock-time.ts'
import styles from './receipt.module.css'
import type { Receipt as ReceiptData } from './served.ts'
import { Version } from './version.tsx'

const results = {
  hit: { label: 'Hit', meaning: 'found under this key' },
  miss: { label: 'Computed', meaning: 'nothing was under this key' },
  join: { label: 'Joined', meaning: 'another request was computing it' },
} as const

/** Shows where a value on the page came from. */
export function Receipt({ of, receipt }: { of: string; receipt: ReceiptData }) {
  const result = results[receipt.result]
  return (
    <section className={styles.receipt} aria-label={`Receipt: ${of}`} data-result={receipt.result}>
      <header className={styles.head}>
        <h2 className={styles.title}>{of}</h2>
        <span className={styles.badge}>{result.label}</span>
      </header>
      <dl className={styles.lines}>
        <div className={styles.wide}>
          <dt>Key</dt>
          <dd className={styles.key}>
            <Key receipt={receipt} />
          </dd>
        </div>
        {receipt.versions.map(({ cache, version }) => (
          <div key={cache}>
            <dt>
              <code>{cache}</code>
            </dt>
            <dd>
              <Version version={version} />
            </dd>
          </div>
        ))}
        <div>
          <dt>Took</dt>
          <dd>{receipt.milliseconds.toFixed(2)} ms</dd>
        </div>
        <div>
          <dt>Kept in</dt>
          <dd>{receipt.store}</dd>
        </div>
        <div>
          <dt>Computed at</dt>
          <dd>
            <time dateTime={receipt.computedAt.toISOString()}>{clockTime(receipt.computedAt)}</time>
          </dd>
        </div>
      </dl>
      <p className={styles.foot}>{result.meaning}</p>
    </section>
  )
}

/** The key, with a place to break after each colon. */
function Key({ receipt }: { receipt: ReceiptData }) {
  return receipt.key.split(/(?<=:)/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a key never move.
    <span key={index}>
      {part}
      <wbr />
    </span>
  ))
}
