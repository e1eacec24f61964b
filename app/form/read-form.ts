import { type Outcome, typedIn } from './outcome.ts'

/** Makes of what was typed a value, or says in a sentence what is allowed. */
export type Rule<T> = (typed: string) => { value: T } | { problem: string }

type ValuesOf<Rules> = { [Field in keyof Rules]: Rules[Field] extends Rule<infer T> ? T : never }

/** Checks every field on the server: what a browser checks, a client that is none has not. */
export function readForm<Rules extends Record<string, Rule<unknown>>>(
  data: FormData,
  rules: Rules,
): { values: ValuesOf<Rules>; refusal?: never } | { values?: never; refusal: Outcome } {
  const values: Record<string, unknown> = {}
  const invalid: Record<string, string> = {}
  for (const [field, rule] of Object.entries(rules)) {
    const given = data.get(field)
    const checked = rule(typeof given === 'string' ? given : '')
    if ('problem' in checked) invalid[field] = checked.problem
    else values[field] = checked.value
  }
  if (Object.keys(invalid).length === 0) return { values: values as ValuesOf<Rules> }
  return { refusal: { message: 'Nothing was changed.', invalid, typed: typedIn(data) } }
}

/** Text of so many characters, without blanks around it and without control characters in it. */
export function text(bounds: { min: number; max: number; lines?: boolean }): Rule<string> {
  const { min, max, lines = false } = bounds
  const forbidden = lines ? /(?!\n)\p{Cc}/u : /\p{Cc}/u
  return (typed) => {
    const value = typed.replaceAll('\r\n', '\n').trim()
    const length = [...value].length
    if (length < min || length > max)
      return { problem: `Write ${min} to ${max} characters; this has ${length}.` }
    if (forbidden.test(value)) return { problem: 'Leave out control characters.' }
    return { value }
  }
}

export function wholeNumber(bounds: { min: number; max: number }): Rule<number> {
  const { min, max } = bounds
  return (typed) => {
    const value = /^\d{1,9}$/.test(typed.trim()) ? Number(typed) : Number.NaN
    if (value >= min && value <= max) return { value }
    return { problem: `Write a whole number from ${min} to ${max}.` }
  }
}

/** The id of a row, as a page of this forum puts it into a form. */
export const rowId: Rule<number> = (typed) => {
  const checked = wholeNumber({ min: 1, max: 999_999_999 })(typed)
  return 'value' in checked ? checked : { problem: 'Choose one from this page.' }
}
