import { expect } from '@playwright/test'
import { many, odd } from '../fixtures/handlers/app/odd/names.ts'
import { type Cluster, startCluster } from '../harness/cluster.ts'
import { loadsDuring } from '../harness/loads.ts'
import type { NextServer } from '../harness/next-server.ts'
import { post, values } from '../harness/page.ts'
import {
  invalidateTagBySql,
  type PostPage,
  postPages,
  postShell,
  revalidate,
  untagged,
  write,
} from '../harness/posts.ts'
import { race } from '../harness/race.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

// Tags that are hard to write down, that change at an unlucky moment, or that make stale only.

const tagged: Record<string, PostPage> = { ...postPages, 'a shell and what it leaves open': postShell }

let cluster: Cluster
let one: NextServer
let two: NextServer

test.beforeAll(({ shared }) => {
  cluster = shared
  ;[one, two] = cluster.servers as [NextServer, NextServer]
})

for (const [kind, { path, tag }] of Object.entries(tagged)) {
  test(`a load that a change of its tag overtakes is shown to no later request: ${kind}`, async () => {
    await invalidateTagBySql(cluster, tag, 'old')
    const { overtaken, meanwhile } = await race(cluster, one, {
      path,
      overtake: () => invalidateTagBySql(cluster, tag, 'new'),
    })
    expect(overtaken).toContain('old')
    expect(meanwhile).not.toContain('old')
    await expectFresh([one, two], path, 'new')
  })
}

test('a load that a change of its path on the other server overtakes is shown to no later request', async () => {
  const { path, tag } = untagged
  await write(cluster, tag, 'old')
  await revalidate(two, 'path', path)
  const { overtaken, meanwhile } = await race(cluster, one, {
    path,
    async overtake() {
      await write(cluster, tag, 'new')
      await revalidate(two, 'path', path)
    },
  })
  expect(overtaken).toEqual(['old'])
  expect(meanwhile).toEqual(['new'])
  await expectFresh([one, two], path, 'new')
})

for (const [kind, { path, tag }] of Object.entries(tagged)) {
  test(`after revalidateTag with max each server shows the old value once more, and then the new one: ${kind}`, async () => {
    await invalidateTagBySql(cluster, tag, 'before')
    for (const server of [one, two]) for (const _ of [1, 2]) await values(server, path)
    await write(cluster, tag, 'after')
    await revalidate(one, 'max', tag)
    for (const server of [two, one]) {
      // What a shell leaves open may be fresh already.
      expect(await values(server, path)).toContain('before')
      await until(async () => !(await values(server, path)).includes('before'))
      await expectFresh([server], path, 'after')
    }
  })
}

test('a page that is revalidated for a stale tag takes nothing from the requests beside it, which show old values', async () => {
  const { path, tag } = postShell
  for (let round = 1; round <= 6; round++) {
    await invalidateTagBySql(cluster, tag, `before-${round}`)
    for (const server of [one, two]) for (const _ of [1, 2]) await values(server, path)
    await write(cluster, tag, `after-${round}`)
    await revalidate(one, 'max', tag)
    for (const server of [two, one]) {
      // Next shares the calls of 'use cache' functions between requests and the page.
      await until(async () => {
        const seen = await Promise.all([1, 2, 3, 4].map(() => values(server, path)))
        return !seen.flat().includes(`before-${round}`)
      })
      await expectFresh([server], path, `after-${round}`)
    }
  }
})

test('a page that is revalidated for a stale tag is rendered once on each server, of data that is loaded once', async () => {
  const { path, tag } = postPages['a static page with fetch']
  await invalidateTagBySql(cluster, tag, 'before')
  for (const server of [one, two]) await values(server, path)
  await write(cluster, tag, 'after')
  const loads = await loadsDuring(cluster, async () => {
    await revalidate(one, 'max', tag)
    for (const server of [one, two]) {
      await until(async () => !(await values(server, path)).includes('before'))
    }
  })
  expect(loads).toEqual({ [`fetch ${tag}`]: 2 })
})

test('after the seconds of { expire } a stale entry is shown no more, by a server that knew and by one that did not', async () => {
  const pages = Object.values(tagged)
  const tags = [...new Set(pages.map(({ tag }) => tag))]
  for (const { path } of pages) for (const server of [one, two]) await values(server, path)
  for (const tag of tags) await write(cluster, tag, 'expired')
  for (const tag of tags) await revalidate(one, 'soon', tag)
  // It reads the lines, and has to look at its clock.
  await values(one, '/posts/two')
  await until(async () => {
    const [row] = await cluster.sql`
      select max(invalidated_at) < clock_timestamp() - interval '1.1 s' as is_over from cache_invalidations`
    return row?.is_over
  })
  for (const { path } of pages) await expectFresh([one, two], path, 'expired')
})

const writers = {
  updateTag: (tag: string) => post(one, 'updateTagOf', tag),
  invalidate_tag: (tag: string) => cluster.sql`select invalidate_tag(${tag})`,
}

for (const [verb, invalidate] of Object.entries(writers)) {
  for (const [name, tag] of Object.entries(odd)) {
    test(`${verb} takes the tag ${JSON.stringify(tag).slice(0, 40)} as Next does, and no other`, async () => {
      const path = `/odd/${name}`
      const others = Object.keys(odd).filter((other) => other !== name)
      for (const each of Object.keys(odd))
        for (const server of [one, two]) await values(server, `/odd/${each}`)
      const value = `${verb}-${name}`
      await write(cluster, 'odd', value)
      await invalidate(tag)
      await expectFresh([two, one], path, value)
      const loads = await loadsDuring(cluster, async () => {
        for (const other of others) for (const server of [one, two]) await values(server, `/odd/${other}`)
      })
      expect(loads).toEqual({})
    })
  }
}

test('of 128 tags of 256 characters on one entry each one counts', async () => {
  for (const tag of [many[0], many[77], many[127]] as string[]) {
    for (const server of [one, two]) await values(server, '/many')
    const value = tag.slice(0, 8)
    await write(cluster, 'odd', value)
    await cluster.sql`select invalidate_tag(${tag})`
    await expectFresh([one, two], '/many', value)
  }
})

test('in SQL a tag that ends in * stands for all that begin so', async () => {
  const paths = ['/posts/one', '/posts/two', '/posts/one/fetched', '/api/posts/two']
  for (const path of [...paths, '/tagged']) for (const server of [one, two]) await values(server, path)
  await cluster.sql`update things set value = 'by-prefix' where name like 'post:%'`
  await cluster.sql`select invalidate_tag('post:*')`
  for (const path of paths) await expectFresh([one, two], path, 'by-prefix')
  const loads = await loadsDuring(cluster, async () => {
    for (const server of [one, two]) await values(server, '/tagged')
  })
  expect(loads).toEqual({})
})

for (const [by, change] of [
  ['its tag', (value: string) => invalidateTagBySql(cluster, 'post:one', value)],
  [
    'its path',
    async (value: string) => {
      await write(cluster, 'post:one', value)
      await revalidate(two, 'path', '/posts/one')
    },
  ],
] as const) {
  test(`a page behind a rewrite is fresh after a change of ${by}`, async () => {
    for (const value of [`${by}-1`, `${by}-2`].map((text) => text.replace(' ', '-'))) {
      await change(value)
      await expectFresh([one, two], '/rewritten/posts/one', value)
    }
  })
}

test('draft mode leaves nothing to the caches of a page whose tag then changes', async () => {
  const response = await fetch(`${one.url}/api/draft`, { method: 'POST' })
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  await invalidateTagBySql(cluster, 'post:one', 'published')
  await expectFresh([one, two], '/posts/one', 'published')
  await write(cluster, 'post:one', 'draft')
  for (const server of [one, two]) {
    const drafted = await fetch(`${server.url}/posts/one`, { headers: { cookie } })
    expect(await drafted.text()).toContain('draft')
  }
  await expectFresh([one, two], '/posts/one', 'published')
  await invalidateTagBySql(cluster, 'post:one', 'published-again')
  await expectFresh([one, two], '/posts/one', 'published-again')
})

test('two transactions that commit in the opposite order of their invalidations both count', async () => {
  const begin = async (id: string, value: string) => {
    const tx = await cluster.sql.reserve()
    await tx`begin`
    await tx`update things set value = ${value} where name = ${`post:${id}`}`
    await tx`select invalidate_tag(${`post:${id}`})`
    return async () => {
      await tx`commit`
      tx.release()
    }
  }
  for (const path of ['/posts/one', '/posts/two']) for (const server of [one, two]) await values(server, path)
  const commitFirst = await begin('one', 'begun-first')
  const commitSecond = await begin('two', 'begun-second')
  await commitSecond()
  await expectFresh([one, two], '/posts/two', 'begun-second')
  // What the first has written is loaded by nobody yet.
  for (const server of [one, two]) expect(await values(server, '/posts/one')).not.toEqual(['begun-first'])
  await commitFirst()
  await expectFresh([one, two], '/posts/one', 'begun-first')
  await expectFresh([one, two], '/posts/two', 'begun-second')
})

test('servers of two builds on one database, as during a deployment, obey the tags of each other', async ({
  built,
}) => {
  test.setTimeout(120_000)
  const app = await built('without cache components and without a proxy')
  const later = await startCluster(app, { servers: 0, direct: true })
  try {
    const databases = { DATABASE_URL: cluster.databaseUrl, FIXTURE_DATABASE_URL: cluster.databaseUrl }
    const other = await later.start(databases)
    // What is fetched comes from another place there.
    const { 'a static page with fetch': _, ...pages } = postPages
    for (const { path, tag } of Object.values(pages)) {
      for (const server of [one, other]) await values(server, path)
      const value = (by: string) => `${by}-${path}`
      await invalidateTagBySql(cluster, tag, value('sql'))
      await expectFresh([one, other], path, value('sql'))
      await write(cluster, tag, value('other'))
      await revalidate(other, 'expire', tag)
      await expectFresh([one, other], path, value('other'))
      await write(cluster, tag, value('one'))
      await post(one, 'updateTagOf', tag)
      await expectFresh([other, one], path, value('one'))
    }
  } finally {
    await later.stop()
  }
})

test.describe('a tag that changes while a server is not there', () => {
  let own: Cluster

  test.beforeAll(async ({ built }) => {
    test.setTimeout(180_000)
    own = await startCluster(await built(), { servers: 1, direct: true })
  })

  test.afterAll(() => own?.stop())

  test('the first tag that is ever invalidated overtakes a load that began before', async () => {
    const [server] = own.servers as [NextServer]
    const { overtaken, meanwhile } = await race(own, server, {
      path: '/posts/three',
      overtake: () => invalidateTagBySql(own, 'post:three', 'first-ever'),
    })
    expect(overtaken).toEqual(['built'])
    expect(meanwhile).toEqual(['first-ever'])
    await expectFresh([server], '/posts/three', 'first-ever')
  })

  test('before a page of the build was ever served, it is fresh at its first request', async () => {
    await changeAll('before-the-first')
    for (const { path } of Object.values(tagged)) await expectFresh(own.servers, path, 'before-the-first')
  })

  test('a server that is killed and started again on its files shows nothing older', async () => {
    const [server] = own.servers as [NextServer]
    await server.stop()
    await changeAll('while-killed')
    const again = await own.restart(server)
    for (const { path } of Object.values(tagged)) await expectFresh([again], path, 'while-killed')
  })

  test('a server that is started later on the files of the build shows nothing older, and serves what no tag has changed', async () => {
    await changeAll('before-the-start')
    const late = await own.start()
    for (const { path } of Object.values(tagged)) await expectFresh([late], path, 'before-the-start')
    const loads = await loadsDuring(own, async () => {
      expect(await values(late, '/posts/two/cached')).toEqual(['built'])
      expect(await values(late, '/tagged')).toEqual(['built'])
    })
    expect(loads).toEqual({})
  })

  async function changeAll(value: string): Promise<void> {
    for (const tag of ['post:one', 'post:three']) await invalidateTagBySql(own, tag, value)
  }
})

async function expectFresh(servers: readonly NextServer[], path: string, value: string): Promise<void> {
  for (const server of servers) {
    for (const _ of ['once', 'and again']) {
      expect(new Set(await values(server, path))).toEqual(new Set([value]))
    }
  }
}
