import { kinds, routeKinds } from '../../harness/kinds.ts'
import type { NextServer } from '../../harness/next-server.ts'
import { prefetch } from '../../harness/page.ts'
import { postPages, postShell, untagged } from '../../harness/posts.ts'
import type { IsEnough, Read, Tally } from './tally.ts'
import type { Numbers, Thing } from './value.ts'

interface Question {
  readonly kind: string
  readonly path: string | ((noted: Numbers) => string)
  readonly headers?: Readonly<Record<string, string>>
  /** What it shows, if that is not the bans. */
  readonly thing?: Thing
}

const ofPost = { thing: 'post:one' } as const

const questions: readonly Question[] = [
  ...Object.entries(kinds).map(([kind, path]) => ({ kind, path })),
  ...Object.entries(routeKinds).map(([kind, route]) => ({ kind, ...route })),
  { kind: 'a static page of two caches', path: '/pair' },
  { kind: 'a new page on demand', path: ({ bans }) => `/param/new-${bans}` },
  { kind: 'a navigation to a shell', path: '/shell', headers: { rsc: '1' } },
  { kind: 'a prefetch of a shell', path: '/shell', headers: prefetch('/shell/__PAGE__') },
  ...Object.entries(postPages).map(([kind, { path, tag }]) => ({
    kind: `${kind} and a tag of its own`,
    path,
    thing: tag as Thing,
  })),
  { kind: 'a shell of tags of its own', path: postShell.path, ...ofPost },
  { kind: 'a page behind a rewrite with a tag of its own', path: '/rewritten/posts/one', ...ofPost },
  { kind: 'a page that only its path can revalidate', path: untagged.other, thing: 'post:two' },
]

export const askedKinds = questions.map(({ kind }) => kind)

const readersPerServer = 8

/**
 * Reads each kind of cache on each server until it is enough. A reader asks for another kind each
 * time: two that always asked for the same would wait for each other's loads and never come in the middle of one.
 */
export async function readAll(
  tally: Tally,
  servers: readonly NextServer[],
  isEnough: IsEnough,
): Promise<void> {
  const reader = async (server: NextServer, number: number) => {
    while (!isEnough(tally)) {
      const question = questions[Math.floor(Math.random() * questions.length)] as Question
      await ask(server, question, tally.begin(question.kind, number, {}, question.thing))
    }
  }
  await Promise.all(
    servers.flatMap((server, index) =>
      Array.from({ length: readersPerServer }, () => reader(server, index + 1)),
    ),
  )
}

async function ask({ url }: NextServer, { path, headers = {} }: Question, read: Read): Promise<void> {
  try {
    const response = await fetch(url + (typeof path === 'string' ? path : path(read.noted)), {
      headers,
      signal: AbortSignal.timeout(30_000),
    })
    const text = await response.text()
    if (response.ok) read.end(text)
    else read.fail(`status ${response.status}`)
  } catch (error) {
    read.fail(error)
  }
}
