import type { Mutation } from './mutation.ts'

const keep = 'lib/versions/lease/keep.ts'
const held = 'lib/versions/lease/held.ts'
const session = 'lib/versions/lease/session.ts'
/** Test databases are copies of one that these migrations have made. */
const sql = 'drizzle/migrations/0005_cache_versions_2.sql'

const promise = 'lib/versions/lease/promise.test.ts'
const inSql = 'lib/sql/leases.test.ts'
const start = 'lib/sql/lease-start.test.ts'
const promotion = 'e2e/proofs/promotion.test.ts'

const select = 'select cache, version from cache_versions'
const hold = `select hold_cache_version_lease(\${this.#told}) as state, cache_version_lease_seconds() as seconds;
      savepoint held;
      `
const readAfterLock = `${hold}${select}`
/** A cursor sees what was committed when it was declared. Something may come in between. */
const readBeforeLock = `declare early cursor for ${select};
      do $$ begin perform pg_sleep(0.02); end $$;
      ${hold}fetch all from early`

/** What the protocol must not be without. */
export const leaseMutations: readonly Mutation[] = [
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
    tests: [inSql],
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
  {
    name: 'nobody waits after a start of Postgres',
    file: sql,
    from: 'PERFORM outlast_cache_version_leases(cache_version_lease_limit());',
    to: 'NULL;',
    tests: [start],
  },
  {
    name: 'nobody waits after a promotion, which no server has heard of',
    file: sql,
    from: 'PERFORM outlast_cache_version_leases(cache_version_lease_limit());',
    to: 'NULL;',
    tests: [promotion],
  },
  {
    name: 'a crash forgets that there have been leases',
    file: sql,
    from: 'SET LOGGED',
    to: 'SET UNLOGGED',
    tests: [promotion],
  },
  {
    name: 'a writer does not look for leases that were lost',
    file: sql,
    from: "IF granted IS DISTINCT FROM pg_sequence_last_value('cache_version_leases_given_up'::regclass) THEN",
    to: 'IF false THEN',
    tests: [inSql],
  },
  {
    name: 'a lease is granted while a writer is on its way',
    file: sql,
    from: 'IF cache_version_lease_is_wanted() THEN\n      RAISE lock_not_available;',
    to: 'IF false THEN\n      RAISE lock_not_available;',
    tests: [inSql],
  },
  {
    name: 'the versions are read before the lock is taken',
    file: session,
    from: readAfterLock,
    to: readBeforeLock,
    tests: [promise],
  },
  {
    name: 'a lease is granted to a transaction that reads the versions of before',
    file: sql,
    from: "ELSIF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN",
    to: 'ELSIF false THEN',
    tests: [inSql],
  },
]
