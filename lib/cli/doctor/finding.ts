/** One thing that was looked at. */
export interface Finding {
  /** What it is about: `Next`, `Postgres`. */
  readonly part: string
  /** A warning is wrong for some apps only. */
  readonly state: 'ok' | 'warning' | 'wrong'
  readonly found: string
  /** Why it matters, where it is not right. */
  readonly why?: string
  /** The command or the change that mends it. */
  readonly remedy?: string
}

/** Makes the findings of one part. */
export function findingsOf(part: string) {
  const troubled =
    (state: 'warning' | 'wrong') =>
    (found: string, why: string, remedy: string): Finding => ({ part, state, found, why, remedy })
  return {
    ok: (found: string): Finding => ({ part, state: 'ok', found }),
    warning: troubled('warning'),
    wrong: troubled('wrong'),
  }
}

/** Splits one of our errors: a fact, then the remedy. */
export function factAndRemedy(message: string): { fact: string; remedy: string } {
  const text = message.replace('[cache-versions] ', '')
  const [fact = text, ...remedy] = text.split('. ')
  return { fact: fact.replace(/\.$/, ''), remedy: remedy.join('. ') }
}
