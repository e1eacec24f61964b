import { typedPathTags } from '../../internals/path-tags.ts'
import { checkTag } from '../../versions/tag.ts'
import { writeTagInvalidations } from '../../versions/write.ts'
import { withDatabase } from '../database.ts'
import { logEntry, logOptions } from '../log-entry.ts'
import { tagLabel } from '../tag-label.ts'
import { UsageError } from '../usage-error.ts'
import { verb } from '../verb.ts'

export const invalidateTag = verb({
  operands: 'TAG...',
  about: `Invalidates tags and paths, as entries of Next carry them, all of them or none, on every server at the next request.
A tag that is the name of a cache invalidates the cache. One that ends in "*" stands for all that begin so, and '*' for
every tag and path; quote it. A path is one that browsers ask for or, with --type, that of a route.`,
  options: {
    path: {
      type: 'string',
      multiple: true,
      value: 'PATH',
      about: 'A path, such as /posts/42; may be repeated',
    },
    type: {
      type: 'string',
      value: 'TYPE',
      about: 'page or layout: the paths are of routes, such as /posts/[id]',
    },
    expire: {
      type: 'string',
      value: 'SECONDS',
      about: 'Serve entries once more while they are revalidated, and expire them after this time',
    },
    ...logOptions,
  },
  hasDryRun: true,
  json: '{"invalidated": [the tags, of paths too]}',
  examples: ["post:42 'comments:*'", '--path /posts/42', "--path '/posts/[id]' --type page --expire 60"],
  async run({ values, operands, dryRun, invocation }) {
    const tags = tagsOf(operands, values)
    const seconds = secondsOf(values.expire)
    const entry = logEntry(values, invocation.env)
    if (!dryRun) await withDatabase(invocation, () => writeTagInvalidations(tags, { ...entry, seconds }))
    const names = tags.map(tagLabel)
    return {
      text: `${dryRun ? 'Would invalidate' : 'Invalidated'} ${names.join(', ')}.`,
      json: { invalidated: tags },
    }
  },
})

function tagsOf(
  operands: readonly string[],
  { path: paths = [], type }: { path?: string[] | undefined; type?: string | undefined },
): string[] {
  if (type !== undefined && type !== 'page' && type !== 'layout')
    throw new UsageError(`--type ${JSON.stringify(type)} is none. Write page or layout.`)
  if (type !== undefined && paths.length === 0)
    throw new UsageError('--type says of what --path is. Add --path.')
  const tags = [...operands.map(checkTag), ...paths.flatMap((path) => typedPathTags(path, type))]
  if (tags.length === 0) throw new UsageError('No tag is named. Name one or more, or a --path.')
  return [...new Set(tags)]
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return 0
  if (/^[0-9]{1,10}$/.test(text)) return Number(text)
  throw new UsageError(`--expire ${JSON.stringify(text)} is no time. Write a whole number of seconds.`)
}
