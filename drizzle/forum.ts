import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  varchar,
} from 'drizzle-orm/pg-core'

/** One row: what an administrator may set. Cached under `settings`. */
export const settings = pgTable(
  'settings',
  {
    id: integer().primaryKey().default(1),
    forumName: varchar('forum_name', { length: 60 }).notNull(),
    welcome: text().notNull(),
    postsPerPage: integer('posts_per_page').notNull(),
  },
  (table) => [check('settings_one_row', sql`${table.id} = 1`)],
)

/** A tree of three levels. Cached under `categories`. */
export const categories = pgTable(
  'categories',
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    parentId: integer('parent_id').references((): AnyPgColumn => categories.id),
    name: varchar({ length: 60 }).notNull(),
  },
  (table) => [index('categories_parent_id').on(table.parentId)],
)

/** The groups, which have permissions. Cached under `permissions`, like the rules below. */
export const groups = pgTable('groups', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  name: varchar({ length: 60 }).notNull(),
})

/** The permission of a group in a category and, where no other rule overrides it, in all below it. */
export const permissionRules = pgTable(
  'permission_rules',
  {
    groupId: integer('group_id')
      .notNull()
      .references(() => groups.id),
    categoryId: integer('category_id')
      .notNull()
      .references(() => categories.id),
    permission: varchar({ length: 20 }).notNull(),
    allowed: boolean().notNull(),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.categoryId, table.permission] })],
)

/** Names that may not sign up; `*` stands for any characters. Cached under `bans`. */
export const bans = pgTable('bans', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  name: varchar({ length: 40 }).notNull().unique(),
  reason: varchar({ length: 200 }).notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
})
