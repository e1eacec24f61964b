import type { Sql } from 'postgres'

/**
 * What is written to. Those with a colon have no cache: the first two are invalidated by a tag of that name, and the third
 * by the path of the page that shows it.
 */
export const things = ['bans', 'settings', 'post:one', 'post:three', 'post:two'] as const

export type Thing = (typeof things)[number]

/** A value as a page shows it: the number that was written last, and the load that read it. */
export interface Value {
  readonly thing: Thing
  readonly number: number
  readonly load: number
}

/** A number for each thing. */
export type Numbers = Readonly<Record<Thing, number>>

/**
 * Has the fixture load values like `bans:17@523`: the number 17, read by the load 523. No two loads give the same, so
 * what was shown before came out of a cache. A number never goes back, though writers overtake each other.
 */
export async function numberValues(sql: Sql): Promise<void> {
  await sql.unsafe(`
    alter table things rename to written;
    update written set value = '0';
    create sequence loaded;
    create view things as
      select name, format('%s:%s@%s', name, value, nextval('loaded')) as value from written;
    create function write_thing() returns trigger language plpgsql as $$
    begin
      update written set value = greatest(value::int, new.value::int) where name = new.name;
      return new;
    end $$;
    create trigger write_thing instead of update on things for each row execute function write_thing();
    create table watched (number int not null);
    select invalidate_cache_on_write('bans', 'watched');
    create table posts (id text not null, number int not null);
    select invalidate_tag_on_write('posts', 'post:{id}')`)
}

const shown = new RegExp(`\\b(?:(${things.join('|')}):(\\d+)@(\\d+)|built)\\b`, 'g')

/** The values in a response of any kind. What the build left there, of that thing, is older than any number. */
export function valuesIn(text: string, ofBuild: Thing): Value[] {
  return [...text.matchAll(shown)].map(([, thing = ofBuild, number = 0, load = 0]) => ({
    thing: thing as Thing,
    number: Number(number),
    load: Number(load),
  }))
}
