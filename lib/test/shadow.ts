import type { Sql } from 'postgres'

/**
 * Puts impostors into the schema `public`: for each function and operator that the source uses, one for every choice of
 * common types that has none. Where Postgres would have converted an argument, the impostor fits better and is called,
 * which is an error. The connection's own path leads past them from then on.
 */
export async function shadowPostgres(sql: Sql, source: string): Promise<void> {
  const names = [...new Set([...source.matchAll(/\b([a-z_0-9]+)\(/g)].map(([, name]) => name ?? ''))]
  await sql.unsafe(`
    set search_path = pg_catalog;
    create function pg_temp.impostor(name text, types text[], result text) returns void language plpgsql as $$
    begin
      execute format('create function public.%I(%s) returns %s language plpgsql as %L', name,
        array_to_string(types, ', '), result,
        format('begin raise exception %L; end', name || '(' || array_to_string(types, ', ') || ') was called'));
    end $$`)
  await sql`
    with type(name) as (
      select unnest(array['text', 'varchar', 'bpchar', 'name', 'oid', 'regclass', 'int4', 'int8', 'text[]', 'oid[]'])
    ), types(list) as (
      select array[a.name] from type a
      union all select array[a.name, b.name] from type a, type b
      union all select array[a.name, b.name, c.name] from type a, type b, type c
        where array[a.name, b.name, c.name] <@ array['text', 'varchar', 'name', 'regclass', 'int4']
    ), used as (
      select proname, max(case when provariadic = 0 then pronargs else 3 end) as arity from pg_proc
      where pronamespace in ('pg_catalog'::regnamespace, 'public'::regnamespace) and proname = any (${names})
      group by proname
    )
    select pg_temp.impostor(proname, list, 'text') from used, types
    where cardinality(list) <= arity and not exists (select from pg_proc
      where pronamespace in ('pg_catalog'::regnamespace, 'public'::regnamespace)
        and proname = used.proname and proargtypes = array_to_string(list::regtype[]::oid[], ' ')::oidvector)`
  await sql`
    do $$
    declare
      wanted record;
    begin
      for wanted in
        with type(name) as (
          select unnest(array['text', 'varchar', 'bpchar', 'name', '"char"', 'oid', 'regclass', 'regprocedure', 'int4', 'int8'])
        )
        select operator, a.name as left, b.name as right
        from unnest(array['=', '<>', '<', '<=', '>', '>=', '||', '~', '!~', '+', '-', '/']) as operator, type a, type b
        where not exists (select from pg_operator where oprnamespace = 'pg_catalog'::regnamespace
          and oprname = operator and oprleft = a.name::regtype and oprright = b.name::regtype)
      loop
        perform pg_temp.impostor('operator ' || wanted.operator, array[wanted.left, wanted.right], 'boolean');
        execute format('create operator public.%s (function = public.%I, leftarg = %s, rightarg = %s)',
          wanted.operator, 'operator ' || wanted.operator, wanted.left, wanted.right);
      end loop;
    end $$`
}
