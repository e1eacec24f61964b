import type { Cluster } from './cluster.ts'
import type { NextServer } from './next-server.ts'
import { post } from './page.ts'

/** A kind of page that shows one post, and one of the same kind that shows another. */
export interface PostPage {
  readonly path: string
  readonly other: string
  /** The name of its value, which is also its tag. */
  readonly tag: string
  /** The file of its route, for `revalidatePath`. */
  readonly route: string
}

function pageBy(by: string): PostPage {
  return {
    path: `/posts/one/${by}`,
    other: `/posts/two/${by}`,
    tag: 'post:one',
    route: '/posts/[id]/[by]',
  }
}

/** Each kind of cache with a tag that names no cache. */
export const postPages = {
  "a static page with 'use cache'": pageBy('cached'),
  "a static page with 'use cache: remote'": pageBy('remote'),
  'a static page with fetch': pageBy('fetched'),
  'a static page with unstable_cache': pageBy('unstable'),
  'a page from generateStaticParams': {
    ...pageBy(''),
    path: '/posts/one',
    other: '/posts/two',
    route: '/posts/[id]',
  },
  'a page on demand': {
    path: '/posts/three',
    other: '/posts/four',
    tag: 'post:three',
    route: '/posts/[id]',
  },
  'a static route handler': {
    path: '/api/posts/one',
    other: '/api/posts/two',
    tag: 'post:one',
    route: '/api/posts/one',
  },
} satisfies Record<string, PostPage>

/** It has no tag but those of its paths. */
export const untagged = pageBy('untagged')

/** It shows each kind of cache in its shell, and again in what is rendered at each request. */
export const postShell: PostPage = { ...pageBy('shell'), route: '/posts/[id]/shell' }

/** The ways to invalidate a tag, on a server where there is a choice. The write is committed when they return. */
export const tagVerbs: Readonly<
  Record<string, (cluster: Cluster, tag: string, value: string, on: NextServer) => Promise<unknown>>
> = {
  async updateTag({ sql }, tag, value, on) {
    await write({ sql }, tag, value)
    await post(on, 'updateTagOf', tag)
  },
  async 'revalidateTag with { expire: 0 }'({ sql }, tag, value, on) {
    await write({ sql }, tag, value)
    await revalidate(on, 'expire', tag)
  },
  'invalidate_tag in the transaction of the write': invalidateTagBySql,
}

/** The ways to invalidate the path of a page. */
export const pathVerbs: Readonly<Record<string, (on: NextServer, page: PostPage) => Promise<unknown>>> = {
  'revalidatePath of the page': (on, { path }) => revalidate(on, 'path', path),
  "revalidatePath of its route with type 'page'": (on, { route }) => revalidate(on, 'pages', route),
  "revalidatePath of its layout with type 'layout'": (on, { path }) =>
    revalidate(on, 'layout', path.startsWith('/api') ? '/api/posts' : '/posts'),
  "revalidatePath('/', 'layout')": (on) => revalidate(on, 'layout', '/'),
}

/** Writes the value and invalidates the tag in one transaction. */
export async function invalidateTagBySql(
  { sql }: Pick<Cluster, 'sql'>,
  tag: string,
  value: string,
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update things set value = ${value} where name = ${tag}`
    await tx`select invalidate_tag(${tag})`
  })
}

export async function write({ sql }: Pick<Cluster, 'sql'>, name: string, value: string): Promise<void> {
  await sql`update things set value = ${value} where name = ${name}`
}

/** Has a route handler revalidate; done when it has been written. */
export async function revalidate({ url }: NextServer, verb: string, tag: string): Promise<void> {
  const query = new URLSearchParams({ verb, tag })
  const response = await fetch(`${url}/api/do?${query}`, { method: 'POST' })
  await response.text()
  if (!response.ok) throw new Error(`The route handler answered ${response.status}.`)
}
