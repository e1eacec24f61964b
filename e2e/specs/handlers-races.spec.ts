import { expect } from '@playwright/test'
import { type Cluster, invalidateBySql } from '../harness/cluster.ts'
import { kinds } from '../harness/kinds.ts'
import type { NextServer } from '../harness/next-server.ts'
import { openForm, values } from '../harness/page.ts'
import { type Course, race } from '../harness/race.ts'
import { test } from '../harness/test.ts'
import { until } from '../harness/until.ts'

let cluster: Cluster
let server: NextServer

test.beforeAll(({ shared }) => {
  cluster = shared
  ;[server] = cluster.servers as [NextServer]
})

for (const [kind, path] of Object.entries(kinds)) {
  test(`a request after an invalidation joins no load that began before it: ${kind}`, async () => {
    expect(await overtaken({ path })).toEqual(onlyNew)
  })
}

test('a page waits for a load of another page that it could share, if that was overtaken', async () => {
  expect(await overtaken({ path: '/plain', meanwhile: () => values(server, '/joined') })).toEqual(onlyNew)
  await expectNew('/joined')
})

test('an action sees what it wrote, though an older load is under way', async () => {
  const submit = await openForm(server, 'invalidateThenUpdate')
  await invalidateBySql(cluster, 'old')
  const before = await invalidations()
  const { overtaken, meanwhile } = await race(cluster, server, {
    path: '/versioned',
    meanwhile: async () => Object.values(await submit('new')),
    arrived: () => until(async () => (await invalidations()) === before + 2),
  })
  expect(overtaken).toEqual(['old'])
  expect(new Set(meanwhile)).toEqual(new Set(['new']))
})

for (const [what, path] of [
  ["a load of 'use cache'", '/versioned'],
  ['a load of a route handler', '/api/static'],
] as const) {
  test(`${what} that was overtaken does not hold up a page that cannot share it`, async () => {
    // It would wait for the load, which waits for it.
    test.setTimeout(4000)
    let answer: Promise<string[]> = Promise.resolve([])
    const seen = await overtaken({
      path,
      meanwhile: () => {
        answer = values(server, '/unversioned')
        return answer
      },
      arrived: () => answer,
    })
    expect(seen).toEqual(['built'])
  })
}

const onlyNew = expect.not.arrayContaining(['old'])

/** Overtakes the load of a page, and returns the values of a request that came after the invalidation. */
async function overtaken(course: Omit<Course, 'overtake'>): Promise<string[]> {
  await invalidateBySql(cluster, 'old')
  const { overtaken, meanwhile } = await race(cluster, server, {
    ...course,
    overtake: () => invalidateBySql(cluster, 'new'),
  })
  expect(overtaken).toContain('old')
  await expectNew(course.path)
  return meanwhile
}

async function expectNew(path: string): Promise<void> {
  for (const each of cluster.servers) {
    for (const seen of await values(each, path)) expect(seen).toBe('new')
  }
}

async function invalidations(): Promise<number> {
  const [row] = await cluster.sql`select count(*)::int as count from cache_invalidations where cache = 'bans'`
  return row?.count
}
