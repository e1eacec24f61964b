import { ActionForm } from '../form/action-form.tsx'
import { Submit } from '../form/submit.tsx'
import { Receipt } from '../receipt/receipt.tsx'
import type { Receipt as ReceiptData } from '../receipt/served.ts'
import { invalidateBans } from './actions.ts'
import styles from './home.module.css'
import { ViewAgain } from './view-again.tsx'
import { Watch } from './watch.tsx'

/** The whole idea by hand: the same key is a hit, a new version is a new key. */
export function TryIt({ count, receipt }: { count: number; receipt: ReceiptData }) {
  return (
    <section className={styles.try} aria-labelledby="try">
      <h2 id="try" className={styles.heading}>
        Try it
      </h2>
      <div className={styles.steps}>
        <ol>
          <li>
            <p>Same version, same key: what another view computed is found again.</p>
            <ViewAgain />
          </li>
          <li>
            <p>A new version makes a new key. Nothing is there yet, so the value is computed.</p>
            <ActionForm id="invalidate-bans" action={invalidateBans} label="Invalidate bans">
              <Submit>Invalidate bans</Submit>
            </ActionForm>
          </li>
          <li>
            <p>It may come from anywhere. Run this in psql, watch the version change, then view again:</p>
            <pre className={styles.sql}>
              <code>select invalidate_cache('bans');</code>
            </pre>
          </li>
        </ol>
      </div>
      <div className={styles.readout}>
        <Receipt of={`The list of ${count} bans`} receipt={receipt} />
        {receipt.versions.map(({ cache, version }) => (
          <Watch key={version} cache={cache} made={version} />
        ))}
      </div>
    </section>
  )
}
