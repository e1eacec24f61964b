import type { Mutation } from './mutation.ts'

const read = 'lib/versions/tags/read.ts'
const verdict = 'lib/versions/tags/verdict.ts'
/** Test databases are copies of one that these migrations have made. */
const sql = 'drizzle/migrations/0005_cache_versions_2.sql'

const promise = 'lib/versions/tags/promise.test.ts'
const tags = 'lib/versions/tags/tags.test.ts'

/** What the log of tags must not be without. */
export const tagMutations: readonly Mutation[] = [
  {
    name: 'a read does not read the changes of tags',
    file: read,
    from: 'while (changes.areWatched &&',
    to: 'if (changes.version !== undefined) return\n  while (changes.areWatched &&',
    tests: [promise],
  },
  {
    name: 'lines are numbered when they are written, not in the order of commits',
    file: sql,
    from: 'SET id = DEFAULT, version = NEW.version',
    to: 'SET version = NEW.version',
    tests: [promise],
  },
  {
    name: 'new lines are read without the one before them',
    file: read,
    from: 'first?.id !== last.id || first.version !== last.version',
    to: 'false',
    tests: [tags],
  },
  {
    name: 'a tag that is not in memory counts as unchanged, however old the entry is',
    file: verdict,
    from: "if (position < changes.floor) verdict = 'unknown'",
    to: '',
    tests: [tags],
  },
  {
    name: 'a version that the log does not have counts as the oldest',
    file: verdict,
    from: "return position < 0 ? 'expired' : verdictSince(position, tags)",
    to: 'return verdictSince(position, tags)',
    tests: [tags],
  },
  {
    name: 'a version without a line counts as known',
    file: verdict,
    from: "  if (!changes.positions.has(current)) return 'expired'\n",
    to: '',
    tests: [tags],
  },
]
