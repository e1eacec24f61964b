import { PageFrame } from '../layout/page-frame.tsx'
import { clockTime } from '../receipt/clock-time.ts'
import receipt from '../receipt/receipt.module.css'
import { Version } from '../receipt/version.tsx'
import { forumFacts } from './facts.ts'

export const metadata = { title: 'Static' }

const caches = ['settings', 'categories', 'bans'] as const

/** Prerendered at build, and revalidated at the first request after one of its versions changed. */
export default async function StaticPage() {
  const facts = await forumFacts()
  return (
    <PageFrame
      title="Static"
      lead="This page is prerendered, with 'use cache'. It carries the versions it was rendered under as stamps, and is served while they are the current ones: on every server, whoever changed them."
      aside={
        <section className={receipt.receipt} aria-label="Receipt: this page" data-result="static">
          <header className={receipt.head}>
            <h2 className={receipt.title}>This page</h2>
          </header>
          <dl className={receipt.lines}>
            {caches.map((cache, index) => (
              <div key={cache}>
                <dt>
                  <code>{cache}</code>
                </dt>
                <dd>
                  <Version version={facts.versions[index] ?? ''} />
                </dd>
              </div>
            ))}
            <div>
              <dt>Made at</dt>
              <dd>
                <time dateTime={facts.computedAt.toISOString()}>{clockTime(facts.computedAt)}</time>
              </dd>
            </div>
          </dl>
          <p className={receipt.foot}>the same for everybody, until a version changes</p>
        </section>
      }
    >
      <h2>{facts.name}</h2>
      <p>{facts.welcome}</p>
      <p>
        {facts.categories} categories, {facts.bans} banned names.
      </p>
      <p>
        Reload: the time stays. Ban a name, rename a category, or run{' '}
        <code>update cache_versions set version = 'anything' where cache = 'bans'</code>, and the next request
        regenerates it.
      </p>
    </PageFrame>
  )
}
