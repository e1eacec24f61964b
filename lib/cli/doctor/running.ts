import { type Entrance, entranceHint } from '../../admin/access/entrance-hint.ts'
import type { Invocation } from '../invocation.ts'
import { UsageError } from '../usage-error.ts'
import { adminTokenFindings } from './admin-tokens.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, wrong } = findingsOf('Running servers')
const longestMilliseconds = 10_000
const page = '/admin/caches'
const closed = 'This page is closed'
const signedIn = 'Signed in as'

/** Asks servers that run for their admin page, and compares their builds, admin tokens and databases. */
export async function runningFindings(
  urls: readonly string[],
  adminToken: string,
  invocation: Invocation,
): Promise<Finding[]> {
  const asked = await Promise.all(urls.map(originOf).map(ask))
  const ids = new Set(asked.flatMap(({ buildId }) => buildId ?? []))
  const servers = asked.flatMap(({ origin, entrance }) =>
    entrance ? { origin, entrance, isOpenTo: (cookies: string) => isOpen(origin, cookies) } : [],
  )
  return [
    ...asked.map(({ finding }) => finding),
    ...(ids.size < 2 ? [] : [buildsFinding([...ids])]),
    ...(await adminTokenFindings(servers, adminToken, invocation)),
  ]
}

function buildsFinding(ids: readonly string[]): Finding {
  return warning(
    `The servers are of ${ids.length} builds: ${ids.join(', ')}`,
    'During a deployment that passes. Else browsers reload whenever another server answers.',
    'Set generateBuildId or deploymentId in the configuration of Next, to the commit for example.',
  )
}

function originOf(text: string): string {
  if (/^https?:\/\/[^/?#@]+\/?$/.test(text) && URL.canParse(text)) return new URL(text).origin
  throw new UsageError(
    `${JSON.stringify(text)} is not an origin. Write it as https://HOST or http://HOST:PORT.`,
  )
}

interface Answer {
  readonly origin: string
  readonly finding: Finding
  readonly buildId?: string
  /** How the page opens, where it is the admin page and closed. */
  readonly entrance?: Entrance
}

async function ask(origin: string): Promise<Answer> {
  try {
    const { status, text } = await pageOf(origin)
    // The payload of the page tells it.
    const buildId = /\\?"b\\?":\\?"([\w-]+)\\?"/.exec(text)?.[1]
    const entrance = entranceOf(text)
    return {
      origin,
      finding: pageFinding(origin, status, text, buildId),
      ...(buildId ? { buildId } : {}),
      ...(entrance ? { entrance } : {}),
    }
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } }
    const reason = cause?.code ?? (error instanceof Error ? error.message : String(error))
    return {
      origin,
      finding: wrong(
        `${origin} cannot be reached (${reason})`,
        'Nobody is served there.',
        'Start it, or correct --url.',
      ),
    }
  }
}

async function pageOf(origin: string, cookie = ''): Promise<{ status: number; text: string }> {
  const response = await fetch(`${origin}${page}`, {
    headers: { cookie },
    redirect: 'manual',
    signal: AbortSignal.timeout(longestMilliseconds),
  })
  return { status: response.status, text: await response.text() }
}

async function isOpen(origin: string, cookies: string): Promise<boolean> {
  const { text } = await pageOf(origin, cookies)
  return text.includes(signedIn)
}

function entranceOf(text: string): Entrance | undefined {
  const entrances = Object.keys(entranceHint) as Entrance[]
  return text.includes(closed)
    ? entrances.find((entrance) => text.includes(entranceHint[entrance]))
    : undefined
}

function pageFinding(origin: string, status: number, text: string, buildId = 'without an id'): Finding {
  if (text.includes(closed)) {
    return ok(`${origin} serves the admin page, closed to strangers (build ${buildId})`)
  }
  if (text.includes(signedIn)) {
    return wrong(
      `${origin}${page} is open to everybody`,
      'Any visitor may invalidate.',
      'Let authorizeCacheAdmin return null for strangers.',
    )
  }
  if (status >= 500) {
    return wrong(`${origin}${page} answers with ${status}`, 'The server fails.', 'Look at its log.')
  }
  return warning(
    `${origin} has no admin page at ${page} (${status})`,
    'Nobody can look at the caches there, or it is elsewhere.',
    'Put it there by init, or ignore this.',
  )
}
