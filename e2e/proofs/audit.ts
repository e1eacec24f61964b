import type { Sql } from 'postgres'

/**
 * Makes the table in which a transaction notes each cache that it invalidates. The notes are the data of the proof:
 * the audit compares them with the log, transaction by transaction.
 */
export async function startAudit(sql: Sql): Promise<void> {
  await sql.unsafe(`
    drop table if exists noted_changes, versions_at_start;
    create table noted_changes (cache text not null, txid xid8 not null default pg_current_xact_id());
    create table versions_at_start as select cache, version from cache_versions;
    truncate cache_invalidations;`)
}

/** Reads everything back and gives what breaks the promise, one sentence each: none, or the proof has failed. */
export async function audit(sql: Sql, acknowledged: readonly string[] = []): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    with line as (
      select cache, i.version, i.previous_version as previous, txid::text,
        coalesce(lag(i.version) over (partition by cache order by id), s.version) as before,
        lead(id) over (partition by cache order by id) is null as newest
      from cache_invalidations as i left join versions_at_start as s using (cache)
    )
    select format('%s of %s is pending for ever', cache, txid) as text from line where version is null
    union all
    select format('%s of %s has the version it had', cache, txid) from line where version = previous
    union all
    select format('%s of %s follows %s, but the log has %s there', cache, txid, previous, before)
      from line where previous is distinct from before
    union all
    select format('%s has %s, but by the log it has %s', cache, c.version, coalesce(line.version, s.version))
      from cache_versions as c left join versions_at_start as s using (cache)
        left join (select * from line where newest) as line using (cache)
      where c.version is distinct from coalesce(line.version, s.version)
    union all
    select format('%s of %s is logged %s times', cache, txid, count(*)) from line group by cache, txid having count(*) > 1
    union all
    select format('%s changed in %s without an invalidation', cache, txid) from (
      select distinct cache, txid::text from noted_changes except select cache, txid from line) as lost
    union all
    select format('%s was invalidated in %s without a change', cache, txid) from (
      select cache, txid from line except select cache, txid::text from noted_changes) as extra
    union all
    select format('%s was acknowledged and is gone', txid) from (
      select unnest(${[...acknowledged]}::text[]) as txid except select txid::text from noted_changes) as gone`
  return rows.map(({ text }) => text)
}
