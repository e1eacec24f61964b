import Form from 'next/form'
import form from '../form/form.module.css'
import { type Ban, banOf } from './bans.ts'

/** Asks the cached bans. It changes nothing, so it is a GET form and its answer has an address. */
export function CheckName({ name, bans }: { name: string; bans: readonly Ban[] }) {
  const ban = name ? banOf(name, bans) : undefined
  return (
    <Form action="/bans" className={form.form} aria-label="Check a name" scroll={false}>
      <div className={form.field}>
        <label htmlFor="check">Name</label>
        <input
          id="check"
          name="check"
          type="text"
          defaultValue={name}
          maxLength={40}
          autoComplete="off"
          className={form.input}
        />
      </div>
      <button type="submit" className={form.submit}>
        Check
      </button>
      <div role="status" className={form.outcome} data-refused={ban !== undefined}>
        {name ? <Answer name={name} ban={ban} /> : null}
      </div>
    </Form>
  )
}

function Answer({ name, ban }: { name: string; ban: Ban | undefined }) {
  if (!ban) return <p>“{name}” may sign up.</p>
  return (
    <p>
      “{name}” is banned by <code>{ban.name}</code>: {ban.reason}.
    </p>
  )
}
