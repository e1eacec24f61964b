import { expect } from '@playwright/test'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import { loadsDuring } from '../harness/loads.ts'
import type { NextServer } from '../harness/next-server.ts'
import { values } from '../harness/page.ts'
import {
  type PostPage,
  pathVerbs,
  postPages,
  postShell,
  tagVerbs,
  untagged,
  write,
} from '../harness/posts.ts'
import { test } from '../harness/test.ts'

// Tags and paths that name no cache reach every server at its next request.

type Two = readonly [NextServer, NextServer]

interface Pair {
  readonly cluster: Cluster
  readonly servers: Two
}

const tagged: Record<string, PostPage> = { ...postPages, 'a shell and what it leaves open': postShell }
const all: Record<string, PostPage> = { ...tagged, 'a static page without a tag': untagged }

let leased: Pair

test.beforeAll(({ shared }) => {
  leased = pairOf(shared)
})

for (const [verb, invalidate] of Object.entries(tagVerbs)) {
  for (const [kind, page] of Object.entries(tagged)) {
    test(`after ${verb} ${kind} is fresh at the next request on both servers, and no other page is rendered`, async () => {
      await checkTag(leased, invalidate, page)
    })
  }
}

for (const [verb, revalidate] of Object.entries(pathVerbs)) {
  for (const [kind, page] of revalidatedBy(verb)) {
    test(`after ${verb} ${kind} is fresh at the next request on both servers`, async () => {
      await checkPath(leased, revalidate, page)
    })
  }
  test(`after ${verb} ${verb.includes("'/'") ? 'a page elsewhere is rendered too' : 'no page elsewhere is rendered'}`, async () => {
    const { cluster, servers } = leased
    for (const server of servers) await values(server, '/tagged')
    await revalidate(servers[0], postShell)
    const loads = await loadsDuring(cluster, async () => {
      for (const server of servers) await values(server, '/tagged')
    })
    expect(loads).toEqual(verb.includes("'/'") ? { posts: 2 } : {})
  })
}

test('without leases kinds of pages and ways to invalidate, in turn, are fresh at the next request on both servers', async ({
  built,
}) => {
  test.setTimeout(60_000)
  const cluster = await startCluster(await built(), {
    servers: 2,
    direct: true,
    env: { CACHE_VERSIONS_LEASES: 'off' },
  })
  try {
    const verbs = Object.values(tagVerbs)
    for (const [i, page] of Object.values(tagged).entries()) {
      await checkTag(pairOf(cluster), verbs[i % verbs.length] as (typeof verbs)[number], page)
    }
    for (const [i, [verb, revalidate]] of Object.entries(pathVerbs).entries()) {
      const pages = revalidatedBy(verb).filter((_, n) => n % 4 === i)
      for (const [, page] of pages) await checkPath(pairOf(cluster), revalidate, page)
    }
  } finally {
    await cluster.stop()
  }
})

/** A route handler is no page to Next. */
function revalidatedBy(verb: string): [string, PostPage][] {
  return Object.entries(all).filter(([, { route }]) => !(verb.includes("'page'") && route.startsWith('/api')))
}

let writes = 0

async function checkTag(
  { cluster, servers }: Pair,
  invalidate: (typeof tagVerbs)[string],
  { path, other, tag }: PostPage,
): Promise<void> {
  for (const server of servers) {
    await values(server, path)
    await values(server, other)
  }
  const value = `tag-${++writes}`
  await invalidate(cluster, tag, value, next(servers))
  const loads = await loadsDuring(cluster, async () => {
    for (const server of servers) await values(server, other)
  })
  expect(loads).toEqual({})
  await expectFresh(servers, path, value)
}

async function checkPath(
  { cluster, servers }: Pair,
  revalidate: (typeof pathVerbs)[string],
  page: PostPage,
): Promise<void> {
  for (const server of servers) await values(server, page.path)
  const value = `path-${++writes}`
  await write(cluster, page.tag, value)
  await revalidate(next(servers), page)
  await expectFresh(servers, page.path, value)
}

async function expectFresh(servers: Two, path: string, value: string): Promise<void> {
  for (const server of servers) {
    for (const _ of ['once', 'and again']) {
      expect(new Set(await values(server, path))).toEqual(new Set([value]))
    }
  }
}

/** Servers take turns. */
function next([one, two]: Two): NextServer {
  return writes % 2 === 0 ? one : two
}

function pairOf(cluster: Cluster): Pair {
  const [one, two] = cluster.servers as [NextServer, NextServer]
  return { cluster, servers: [one, two] }
}
