import { ActionForm } from '../form/action-form.tsx'
import { Field } from '../form/field.tsx'
import { Submit } from '../form/submit.tsx'
import { PageFrame } from '../layout/page-frame.tsx'
import { Panel } from '../layout/panel.tsx'
import { Receipt } from '../receipt/receipt.tsx'
import { addBan, liftBan } from './actions.ts'
import styles from './bans.module.css'
import { getBans } from './bans.ts'
import { CheckName } from './check-name.tsx'

export const metadata = { title: 'Bans' }
// Nothing streams in, so the page and its forms work without JavaScript.
export const instant = false

export default async function BansPage({
  searchParams,
}: {
  searchParams: Promise<{ check?: string | string[] }>
}) {
  const [{ value: bans, receipt }, { check }] = await Promise.all([getBans(), searchParams])
  return (
    <PageFrame
      title="Bans"
      lead="Checked at every sign-up and every post, so it must be quick; and a new ban must count at once, on every server."
      aside={
        <>
          <Receipt of="The bans" receipt={receipt} />
          <Panel title="Check a name">
            <CheckName name={typeof check === 'string' ? check.slice(0, 40) : ''} bans={bans} />
          </Panel>
          <Panel title="Ban a name">
            <ActionForm id="ban" action={addBan} label="Ban a name">
              <Field name="name" label="Name" hint="* stands for any characters" />
              <Field name="reason" label="Reason" hint="3 to 200 characters" />
              <Submit>Ban</Submit>
            </ActionForm>
          </Panel>
        </>
      }
    >
      <ActionForm
        id="lift"
        action={liftBan}
        label="Bans"
        hint="A lifted name may sign up at once, on every server."
      >
        <ul className={styles.list}>
          {bans.map((ban) => (
            <li key={ban.id} className={styles.ban}>
              <div>
                <code className={styles.name}>{ban.name}</code>
                <p className={styles.reason}>{ban.reason}</p>
              </div>
              <time dateTime={ban.createdAt.toISOString()} className={styles.since}>
                {ban.createdAt.toISOString().slice(0, 10)}
              </time>
              <Submit quiet name="ban" value={String(ban.id)} label={`Lift the ban of ${ban.name}`}>
                Lift
              </Submit>
            </li>
          ))}
        </ul>
        {bans.length === 0 ? <p>Nobody is banned.</p> : null}
      </ActionForm>
    </PageFrame>
  )
}
