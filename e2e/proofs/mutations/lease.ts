/** A rule that is left out. */
export interface Mutation {
  /** In the words of a sentence: "when …". */
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** The files of the tests that should find it. */
  readonly tests: readonly string[]
}

const keep = 'lib/versions/lease/keep.ts'
const held = 'lib/versions/lease/held.ts'
const session = 'lib/versions/lease/session.ts'
/** Test databases are copies of one that these migrations have made. */
const sql = 'drizzle/migrations/0005_cache_versions_2.sql'

const promise = 'lib/versions/lease/promise.test.ts'
const inSql = 'lib/sql/leases.test.ts'

/** What the protocol must not be without. */
export const mutations: readonly Mutation[] = [
  {
    name: 'there is no savepoint',
    file: session,
    from: 'savepoint held;\n',
    to: '',
    tests: [promise],
  },
  {
    name: 'the lease is dropped after the rollback was sent',
    file: keep,
    from: '  dropLease()\n  await session.giveUp()\n',
    to: '  await session.giveUp()\n  dropLease()\n',
    tests: [promise],
  },
  {
    name: 'a timer should have ended the lease, and no clock is read',
    file: held,
    from: 'if (!isBefore(held.until))',
    to: 'if (false)',
    tests: ['lib/versions/lease/keep.test.ts'],
  },
  {
    name: 'Postgres lets go of a silent server before its lease has ended',
    file: sql,
    from: 'secs => 1.25 * cache_version_lease_seconds()',
    to: 'secs => 0.2 * cache_version_lease_seconds()',
    tests: [promise],
  },
  {
    name: 'a lease is asked for with waiting',
    file: sql,
    from: 'LOCK TABLE cache_version_leases IN SHARE MODE NOWAIT',
    to: 'LOCK TABLE cache_version_leases IN SHARE MODE',
    tests: [inSql],
  },
  {
    name: 'the trigger is off in a session without triggers',
    file: sql,
    from: 'ENABLE ALWAYS TRIGGER',
    to: 'ENABLE TRIGGER',
    tests: [inSql],
  },
]
