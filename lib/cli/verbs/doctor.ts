import { type LoadedConfig, loadNextConfig } from '../../internals/next-config.ts'
import { databaseFindings } from '../doctor/database.ts'
import { environmentOf, redactor } from '../doctor/environment.ts'
import { type Finding, factAndRemedy, findingsOf } from '../doctor/finding.ts'
import { nextFindings } from '../doctor/next.ts'
import { redisFindings } from '../doctor/redis.ts'
import { runningFindings } from '../doctor/running.ts'
import { serverFindings } from '../doctor/servers.ts'
import { settingFindings } from '../doctor/settings.ts'
import type { Invocation } from '../invocation.ts'
import { readCachesFile } from '../list/caches-file.ts'
import { styled } from '../style.ts'
import { verb } from '../verb.ts'

const { wrong } = findingsOf('Schema')

export const doctor = verb({
  about: `Checks that everything is wired: Next and the handlers that its configuration and its build load; the schema in
Postgres, its triggers and what the role of DATABASE_URL may do; primary or replica, pooler or not; Redis; what several
servers need to have in common; misspelt settings. Each finding says why it matters and what mends it. It changes
nothing; with --url the database has a session of the admin page for as long as the servers are asked. Exit code 1 means
that something is wrong; a warning is wrong for some apps only.`,
  options: {
    url: {
      type: 'string',
      multiple: true,
      value: 'ORIGIN',
      about:
        'Ask the server that runs there, too, and compare build, admin token and database; may be repeated',
    },
  },
  json: '{"ok", "findings": [{"part", "state": "ok" | "warning" | "wrong", "found", "why", "remedy"}]}',
  examples: ['', '--url http://localhost:3000 --url http://localhost:3001'],
  async run({ values, invocation }) {
    const { cwd, env } = invocation
    const environment = environmentOf(cwd, env)
    const running = await runningFindings(
      values.url ?? [],
      environment.CACHE_VERSIONS_ADMIN_TOKEN ?? '',
      invocation,
    )
    const config = await configOf(invocation)
    const { caches, unreadable } = listOf(invocation)
    const redact = redactor(environment)
    const findings = [
      ...nextFindings(config, invocation),
      ...(await databaseFindings(caches, invocation)),
      ...unreadable,
      ...(await redisFindings(config, environment)),
      ...serverFindings(config, environment),
      ...settingFindings(environment),
      ...running,
    ].map((finding) => redacted(finding, redact))
    const isFailure = findings.some(({ state }) => state === 'wrong')
    return { text: textOf(findings, invocation), json: { ok: !isFailure, findings }, isFailure }
  },
})

async function configOf({ cwd, env }: Invocation): Promise<LoadedConfig | Error> {
  try {
    return await loadNextConfig(cwd, env)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** The caches that the app lists, or why nobody can tell. */
function listOf({ cwd }: Invocation): { caches: readonly string[]; unreadable: Finding[] } {
  try {
    return { caches: readCachesFile(cwd, undefined)?.names ?? [], unreadable: [] }
  } catch (error) {
    const { fact, remedy } = factAndRemedy(error instanceof Error ? error.message : String(error))
    return { caches: [], unreadable: [wrong(fact, 'The commands cannot edit it.', remedy)] }
  }
}

function redacted(finding: Finding, redact: (text: string) => string): Finding {
  const entries = Object.entries(finding).map(([name, text]) => [name, redact(text)])
  return Object.fromEntries(entries)
}

function textOf(findings: readonly Finding[], { stdout, env }: Invocation): string {
  const parts = [...new Set(findings.map(({ part }) => part))]
  const lines = parts.flatMap((part) => [
    part,
    ...findings
      .filter((finding) => finding.part === part)
      .flatMap((finding) => linesOf(finding, { stdout, env })),
  ])
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length
  return [
    ...lines,
    '',
    `${count('ok')} right, ${count('warning')} to think about, ${count('wrong')} wrong.`,
  ].join('\n')
}

const marks = { ok: 'ok', warning: 'warning', wrong: 'WRONG' } as const

function linesOf(
  { state, found, why, remedy }: Finding,
  { stdout, env }: Pick<Invocation, 'stdout' | 'env'>,
): string[] {
  const mark = `  ${marks[state].padEnd(8)}`
  return [
    `${state === 'wrong' ? styled(stdout, env, 'red', mark) : mark}${found}.`,
    ...(why ? [`          ${why}`] : []),
    ...(remedy ? [`          Mend it: ${remedy}`] : []),
  ]
}
