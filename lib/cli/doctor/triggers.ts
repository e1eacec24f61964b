import type { Sql } from 'postgres'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, wrong } = findingsOf('Triggers')

interface Trigger {
  name: string
  relation: string
  /** `O` and `A` are on, `D` is off, `R` is on in replicas only. */
  state: string
  calls: string
  /** The cache that a trigger on writes invalidates; null where it invalidates tags. */
  cache: string | null
}

/** The functions of the triggers by which writes invalidate caches, and tags. */
const watchers = ['invalidate_cache_of_trigger', 'invalidate_tags_of_trigger']

/** The triggers without which an invalidation does not happen, and those by which writes invalidate. */
export async function triggerFindings(sql: Sql, started: readonly string[] | undefined): Promise<Finding[]> {
  // Those by row are off where a partition has one by statement, as invalidate_cache_on_write and _tag_ leave them.
  const triggers = await sql<Trigger[]>`
    with called as (
      select oid, proname::text as calls from pg_proc
      where pronamespace = (select relnamespace from pg_class where oid = to_regclass('cache_invalidations'))
    )
    select tgname::text as name, tgrelid::regclass::text as relation, tgenabled::text as state, calls,
        case when calls = 'invalidate_cache_of_trigger' then split_part(encode(tgargs, 'escape'), '\\000', 1) end as cache
      from pg_trigger join called on called.oid = tgfoid
      where calls not in ${sql(watchers)} or (tgtype & 1) = 0 order by relation, name`
  const [leases] = await sql`
    select from pg_proc where proname = 'recall_cache_version_leases'
      and pronamespace = (select relnamespace from pg_class where oid = to_regclass('cache_invalidations'))`
  const needed = ['prepare_cache_invalidation', 'apply_cache_invalidations', 'log_cache_version']
  const watching = triggers.filter(({ calls }) => watchers.includes(calls))
  const findings = [
    ...needed.flatMap((name) => neededFindings(name, triggers)),
    ...(leases ? recallFindings(triggers) : []),
    ...watching.flatMap((trigger) => watchingFindings(trigger, started)),
  ]
  if (findings.length > 0) return findings
  const tables = new Set(watching.map(({ relation }) => relation)).size
  return [ok(`All are on; writes to ${tables} ${tables === 1 ? 'table invalidates' : 'tables invalidate'}`)]
}

function isOn({ state }: Trigger): boolean {
  return state === 'O' || state === 'A'
}

function neededFindings(name: string, triggers: readonly Trigger[]): Finding[] {
  const ours = triggers.filter(({ calls }) => calls === name)
  if (ours.some(isOn)) return []
  const [off] = ours
  const why =
    name === 'log_cache_version' ? 'Changes are not logged.' : 'Invalidations are written and never happen.'
  if (off) return [wrong(`The trigger ${name} of ${off.relation} is off`, why, enable(off))]
  return [
    wrong(
      `The trigger ${name} is missing`,
      why,
      'Make it as functions.sql of the package does: next-cache-versions sql',
    ),
  ]
}

/** Those by which servers give up their leases. They have to be on in sessions without triggers, too. */
function recallFindings(triggers: readonly Trigger[]): Finding[] {
  const ours = triggers.filter(({ calls }) => calls === 'recall_cache_version_leases')
  return ['recall_cache_version_leases', 'recall_cache_version_leases_of_all'].flatMap((name) => {
    const why = 'No server holds a lease: each request reads the versions from Postgres.'
    const trigger = ours.find((one) => one.name === name)
    if (!trigger) {
      return [
        warning(
          `The trigger ${name} is missing`,
          why,
          'Make it as functions.sql of the package does: next-cache-versions sql',
        ),
      ]
    }
    if (trigger.state === 'A') return []
    return [
      warning(
        `The trigger ${name} of ${trigger.relation} is not always on`,
        why,
        `alter table ${trigger.relation} enable always trigger ${name};`,
      ),
    ]
  })
}

function watchingFindings(trigger: Trigger, started: readonly string[] | undefined): Finding[] {
  const { relation, cache } = trigger
  if (cache !== null && started && !started.includes(cache)) {
    return [
      wrong(
        `Writes to ${relation} invalidate "${cache}", which is not started`,
        'Each of these writes fails.',
        `select start_cache_versioning('${cache}'); or select stop_invalidating_cache_on_write('${cache}', '${relation}');`,
      ),
    ]
  }
  if (isOn(trigger)) return []
  return [
    wrong(
      cache === null
        ? `The trigger ${trigger.name} of ${relation} is off`
        : `The trigger by which writes to ${relation} invalidate "${cache}" is off`,
      'These writes leave stale entries.',
      enable(trigger),
    ),
  ]
}

function enable({ relation, name }: Trigger): string {
  return `alter table ${relation} enable trigger "${name}"; then invalidate what was missed`
}
