import type { LoadedConfig } from '../../internals/next-config.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, wrong } = findingsOf('Servers')
const minTokenLength = 32
const apart = 'It matters where each server builds for itself; servers of one build share it.'

/** What several servers of one app have to have in common. */
export function serverFindings(config: LoadedConfig | Error, environment: NodeJS.Dict<string>): Finding[] {
  return [
    ...(config instanceof Error ? [] : [buildIdFinding(config)]),
    environment.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY
      ? ok('NEXT_SERVER_ACTIONS_ENCRYPTION_KEY is set')
      : warning(
          'NEXT_SERVER_ACTIONS_ENCRYPTION_KEY is not set',
          `A form rendered by one build fails on a server of another. ${apart}`,
          'Set it on every server, at the build: openssl rand -base64 32',
        ),
    tokenFinding(environment.CACHE_VERSIONS_ADMIN_TOKEN ?? ''),
  ]
}

function buildIdFinding({ hasBuildId }: LoadedConfig): Finding {
  if (hasBuildId) return ok('Builds of one code have one id')
  return warning(
    'Each build has an id of its own',
    `Browsers reload when another server answers, and shared pages are not found. ${apart}`,
    'Set generateBuildId or deploymentId in the configuration of Next, to the commit for example.',
  )
}

function tokenFinding({ length }: string): Finding {
  if (length === 0)
    return ok('CACHE_VERSIONS_ADMIN_TOKEN is not set: one-time tokens sign in, on every server')
  if (length >= minTokenLength) return ok('CACHE_VERSIONS_ADMIN_TOKEN is set. Give every server the same')
  return wrong(
    `CACHE_VERSIONS_ADMIN_TOKEN has ${length} characters`,
    `It signs nobody in: it needs ${minTokenLength} or more.`,
    'Make a longer one: openssl rand -base64 24',
  )
}
