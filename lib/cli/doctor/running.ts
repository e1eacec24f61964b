import { UsageError } from '../usage-error.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, wrong } = findingsOf('Running servers')
const longestMilliseconds = 10_000
const page = '/admin/caches'

/** Asks servers that run for their admin page, and compares their builds. */
export async function runningFindings(urls: readonly string[]): Promise<Finding[]> {
  const asked = await Promise.all(urls.map(originOf).map(ask))
  const ids = new Set(asked.flatMap(({ buildId }) => buildId ?? []))
  const findings = asked.map(({ finding }) => finding)
  if (ids.size < 2) return findings
  return [
    ...findings,
    warning(
      `The servers are of ${ids.size} builds: ${[...ids].join(', ')}`,
      'During a deployment that passes. Else browsers reload whenever another server answers.',
      'Set generateBuildId or deploymentId in the configuration of Next, to the commit for example.',
    ),
  ]
}

function originOf(text: string): string {
  if (/^https?:\/\/[^/?#@]+\/?$/.test(text) && URL.canParse(text)) return new URL(text).origin
  throw new UsageError(
    `${JSON.stringify(text)} is not an origin. Write it as https://HOST or http://HOST:PORT.`,
  )
}

async function ask(origin: string): Promise<{ finding: Finding; buildId?: string }> {
  try {
    const response = await fetch(`${origin}${page}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(longestMilliseconds),
    })
    const text = await response.text()
    // The payload of the page tells it.
    const buildId = /\\?"b\\?":\\?"([\w-]+)\\?"/.exec(text)?.[1]
    const finding = pageFinding(origin, response.status, text, buildId)
    return { finding, ...(buildId ? { buildId } : {}) }
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } }
    const reason = cause?.code ?? (error instanceof Error ? error.message : String(error))
    return {
      finding: wrong(
        `${origin} cannot be reached (${reason})`,
        'Nobody is served there.',
        'Start it, or correct --url.',
      ),
    }
  }
}

function pageFinding(origin: string, status: number, text: string, buildId = 'without an id'): Finding {
  if (text.includes('This page is closed')) {
    return ok(`${origin} serves the admin page, closed to strangers (build ${buildId})`)
  }
  if (text.includes('Signed in as')) {
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
