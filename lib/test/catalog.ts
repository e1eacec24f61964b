import type { Sql } from 'postgres'

/** Reads the schema as Postgres keeps it, one definition a line: two of these are equal when the schemas are. */
export async function readCatalog(sql: Sql, schema = 'public'): Promise<string[]> {
  const rows = await sql<{ definition: string }[]>`
    with ours as (
      select pg_class.oid, relname, relkind, relpersistence, relacl, relowner, reloptions
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where nspname = ${schema} and relkind in ('r', 'p', 'v', 'S')
    )
    select format('relation %s%s %s %s %s %s %s', relkind, relpersistence, relname, relacl, relowner::regrole, reloptions,
        obj_description(oid, 'pg_class')) as definition
      from ours
    union all
    select format('column %s.%s %s %s %s %s %s %s', relname, attname,
        row_number() over (partition by relname order by attnum), format_type(atttypid, atttypmod), attnotnull,
        attidentity, pg_get_expr(adbin, adrelid), attacl)
      from ours join pg_attribute on attrelid = ours.oid left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attnum > 0 and not attisdropped
    union all
    select format('view %s %s', relname, pg_get_viewdef(oid)) from ours where relkind = 'v'
    union all
    select format('sequence %s %s', relname, to_jsonb(pg_sequence) - 'seqrelid' - 'seqtypid')
      from pg_sequence join ours on seqrelid = ours.oid
    union all
    select format('index %s', pg_get_indexdef(indexrelid)) from pg_index join ours on indrelid = ours.oid
    union all
    select format('constraint %s %s %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))
      from pg_constraint join ours on conrelid = ours.oid
    union all
    select format('trigger %s %s', pg_get_triggerdef(pg_trigger.oid), tgenabled)
      from pg_trigger join ours on tgrelid = ours.oid where not tgisinternal
    union all
    select format('function %s %s %s', pg_get_functiondef(pg_proc.oid), proacl, proowner::regrole)
      from pg_proc join pg_namespace on pg_namespace.oid = pronamespace where nspname = ${schema}
    order by 1`
  return rows.map(({ definition }) => definition)
}
