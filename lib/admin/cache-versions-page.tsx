import { headers } from 'next/headers.js'
import type { ReactNode } from 'react'
import { readAddress, type SearchParams } from './access/address.ts'
import type { Entrance } from './access/entrance-hint.ts'
import { identify } from './access/identify.ts'
import { printOneTimeToken } from './access/printed-token.ts'
import { warnUnavailable } from './access/unavailable.ts'
import { Closed } from './view/closed.tsx'
import { Console } from './view/console.tsx'
import { Unframed } from './view/framed.tsx'
import { keptOutcome } from './view/kept-outcome.ts'
import { PageState } from './view/page-state.tsx'
import { Root } from './view/root.tsx'

export interface CacheVersionsPageProps {
  readonly searchParams: Promise<SearchParams>
}

/**
 * The admin page: the caches with their versions and last invalidations, a button for each and one for all, and the
 * log. It is closed without a session, and works without JavaScript.
 *
 * ```tsx
 * // app/admin/caches/page.tsx
 * export { default } from 'next-cache-versions/admin/page'
 * export * from 'next-cache-versions/admin/page'
 *
 * // app/admin/caches/session/route.ts
 * export { GET, POST } from 'next-cache-versions/admin/session'
 * ```
 */
export async function CacheVersionsPage({ searchParams }: CacheVersionsPageProps): Promise<ReactNode> {
  const framed = isFrame((await headers()).get('sec-fetch-dest'))
  return (
    <Root>
      <PageState served={await keptOutcome()}>
        <Unframed framed={framed}>{framed ? null : await content(searchParams)}</Unframed>
      </PageState>
    </Root>
  )
}

async function content(searchParams: Promise<SearchParams>): Promise<ReactNode> {
  const visitor = await identify()
  if ('actor' in visitor) return <Console actor={visitor.actor} address={readAddress(await searchParams)} />
  return <Closed entrance={visitor.closed === 'one-time' ? await printedEntrance() : visitor.closed} />
}

/** Without Postgres no token can be made, and so nobody signs in. */
async function printedEntrance(): Promise<Entrance> {
  try {
    await printOneTimeToken()
    return 'one-time'
  } catch (error) {
    warnUnavailable(error)
    return 'unavailable'
  }
}

/** Whether the browser requests the page for a frame. */
function isFrame(destination: string | null): boolean {
  return ['iframe', 'frame', 'embed', 'object', 'fencedframe'].includes(destination ?? '')
}
