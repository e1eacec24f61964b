import type { Verb } from './verb.ts'

/** A line of the table: loaded only when it is called, so that no verb waits for another's imports. */
interface Line {
  readonly summary: string
  load(): Promise<Verb>
}

/** Every verb of the command line, in the order of its help. */
export const verbs: ReadonlyMap<string, Line> = new Map<string, Line>([
  [
    'init',
    {
      summary: 'Set the package up in an app that exists',
      load: async () => (await import('./verbs/init.ts')).init,
    },
  ],
  [
    'doctor',
    {
      summary: 'Check that everything is wired, and say what mends it',
      load: async () => (await import('./verbs/doctor.ts')).doctor,
    },
  ],
  [
    'list',
    {
      summary: 'List every cache with its version and last invalidation',
      load: async () => (await import('./verbs/list.ts')).list,
    },
  ],
  [
    'invalidate',
    {
      summary: 'Give the named caches new versions',
      load: async () => (await import('./verbs/invalidate.ts')).invalidate,
    },
  ],
  [
    'invalidate-all',
    {
      summary: 'Give every cache a new version',
      load: async () => (await import('./verbs/invalidate-all.ts')).invalidateAll,
    },
  ],
  [
    'invalidate-tag',
    {
      summary: 'Invalidate tags and paths, as entries of Next carry them',
      load: async () => (await import('./verbs/invalidate-tag.ts')).invalidateTag,
    },
  ],
  [
    'log',
    { summary: 'Show the log of invalidations', load: async () => (await import('./verbs/log.ts')).log },
  ],
  [
    'start',
    {
      summary: 'Write the migration that starts versioning a cache',
      load: async () => (await import('./verbs/start.ts')).start,
    },
  ],
  [
    'stop',
    {
      summary: 'Write the migration that stops versioning a cache',
      load: async () => (await import('./verbs/stop.ts')).stop,
    },
  ],
  [
    'generate',
    {
      summary: "Write the migration that installs or upgrades the package's schema",
      load: async () => (await import('./verbs/generate.ts')).generate,
    },
  ],
  [
    'migrate',
    {
      summary: 'Apply the migrations that the database lacks',
      load: async () => (await import('./verbs/migrate.ts')).migrate,
    },
  ],
  [
    'sql',
    {
      summary: 'Print the SQL that installs or upgrades the schema of the package',
      load: async () => (await import('./verbs/sql.ts')).sql,
    },
  ],
  [
    'prune',
    {
      summary: 'Delete old lines of the log',
      load: async () => (await import('./verbs/prune.ts')).prune,
    },
  ],
  [
    'adopt',
    {
      summary: 'Write the migration that serves the versions of another program',
      load: async () => (await import('./verbs/adopt.ts')).adopt,
    },
  ],
  [
    'admin-link',
    {
      summary: 'Print a link that signs in to the admin page once',
      load: async () => (await import('./verbs/admin-link.ts')).adminLink,
    },
  ],
  [
    'version',
    {
      summary: 'Print the version of the package',
      load: async () => (await import('./verbs/version.ts')).version,
    },
  ],
])
