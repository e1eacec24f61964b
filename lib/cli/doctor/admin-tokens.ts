import { sessionCookieName } from '../../admin/access/cookie.ts'
import type { Entrance } from '../../admin/access/entrance-hint.ts'
import { withBriefSession } from '../../admin/access/tokens.ts'
import { withDatabase } from '../database.ts'
import type { Invocation } from '../invocation.ts'
import { type Finding, factAndRemedy, findingsOf } from './finding.ts'

const { ok, warning, wrong } = findingsOf('Running servers')

/** A server whose admin page is closed, and how it would open. */
export interface ClosedServer {
  readonly origin: string
  readonly entrance: Entrance
  /** Whether the page opens to a browser with these cookies. */
  isOpenTo(cookies: string): Promise<boolean>
}

const remedy = 'Give all servers, and this command, one CACHE_VERSIONS_ADMIN_TOKEN and one database.'
const why = 'Whoever signs in to the admin page on one server is signed out on the next.'

/**
 * Compares the admin tokens and the databases of servers with those given here. No token is sent: the database gets a
 * brief session, which only servers of the same token know.
 */
export async function adminTokenFindings(
  servers: readonly ClosedServer[],
  token: string,
  invocation: Invocation,
): Promise<Finding[]> {
  const compared = servers.filter(({ entrance }) => entrance !== 'app' && entrance !== 'unavailable')
  if (compared.length === 0) return []
  try {
    const findings = await withDatabase(invocation, () =>
      withBriefSession(token, (session) => {
        // Under https the name is another, and a proxy decides what the server takes for https.
        const cookies = [true, false].map((secure) => `${sessionCookieName(secure)}=${session}`).join('; ')
        return Promise.all(
          compared.map(async (server) => ((await server.isOpenTo(cookies)) ? [] : [strange(server, token)])),
        )
      }),
    )
    const strangers = findings.flat()
    return strangers.length > 0
      ? strangers
      : [ok(`The admin token and the database of ${countOf(compared)} are those here`)]
  } catch (error) {
    const { fact, remedy } = factAndRemedy(error instanceof Error ? error.message : String(error))
    return [
      warning(
        `The admin tokens were not compared: ${fact}`,
        why,
        remedy || 'Mend what is wrong above, and try again.',
      ),
    ]
  }
}

function countOf({ length }: readonly ClosedServer[]): string {
  return length === 1 ? 'the server' : `all ${length} servers`
}

function strange({ origin, entrance }: ClosedServer, token: string): Finding {
  if (entrance === 'one-time') {
    return token
      ? wrong(`${origin} has no CACHE_VERSIONS_ADMIN_TOKEN, and there is one here`, why, remedy)
      : wrong(
          `${origin} has another database than DATABASE_URL names here`,
          'An invalidation in one does not reach the other.',
          remedy,
        )
  }
  return token
    ? wrong(
        `${origin} has another CACHE_VERSIONS_ADMIN_TOKEN than there is here, or another database`,
        why,
        remedy,
      )
    : warning(
        `${origin} has a CACHE_VERSIONS_ADMIN_TOKEN, and there is none here to compare it with`,
        why,
        remedy,
      )
}
