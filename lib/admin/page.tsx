import type { ReactNode } from 'react'
import { adminAuthorization } from '../request/authorize.ts'
import { adminActor } from './actor.ts'
import { Console } from './console.tsx'
import type { Door } from './door.ts'
import { keptOutcome } from './kept-outcome.ts'
import { PageState } from './page-state.tsx'
import { Closed } from './sign-in.tsx'
import { styles } from './styles.ts'
import { oneTimeToken, tokenKind } from './token.ts'

export interface CacheVersionsPageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

/**
 * The admin page: every cache with its version and its last invalidation, a button for each and one for all, and the
 * log. It is closed to whoever has no session, and works without JavaScript.
 *
 * ```tsx
 * // app/admin/caches/page.tsx
 * import { CacheVersionsPage } from 'next-cache-versions/admin'
 * export const instant = false // only under cacheComponents: without it this line is an error of the build
 * export default CacheVersionsPage
 *
 * // app/admin/caches/session/route.ts
 * export { GET, POST } from 'next-cache-versions/admin/session'
 * ```
 */
export async function CacheVersionsPage({ searchParams }: CacheVersionsPageProps): Promise<ReactNode> {
  const actor = await adminActor()
  const search = await searchParams
  const query = single(search.q) ?? ''
  return (
    <>
      <style href="cache-versions-admin" precedence="default">
        {styles}
      </style>
      <div className="cv-root">
        <PageState query={query} served={await keptOutcome()}>
          {actor === null ? (
            <Closed door={closedDoor()} />
          ) : (
            <Console actor={actor} query={query} before={lineNumber(single(search.before))} />
          )}
        </PageState>
      </div>
    </>
  )
}

function closedDoor(): Door {
  if (adminAuthorization()) return 'app'
  const kind = tokenKind()
  if (kind === 'one-time') oneTimeToken()
  return kind
}

function lineNumber(text: string | undefined): number | undefined {
  const id = Number(text)
  return Number.isSafeInteger(id) && id > 0 ? id : undefined
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
