import { checkDatabaseUrl, databaseVariables } from '../postgres/database-url.ts'
import { runner } from '../postgres/remedy.ts'
import { terminalQuestion } from './ask.ts'
import { CommandError } from './command-error.ts'
import { setting } from './setting.ts'
import { type Output, styled } from './style.ts'

/** Where a verb is called and how; what is left out is that of this process. */
export interface InvocationOptions {
  /** The folder of the app. */
  cwd?: string
  env?: NodeJS.Dict<string>
  stdout?: Output
  stderr?: Output
  /** Asks a person and gives the answer; left out, at the terminal if there is one. */
  ask?: (question: string) => Promise<string>
  /** How a person calls a verb, where that is not by this package's own program. */
  command?: (verb: string) => string
  /** Gives the URL of the Postgres to use where neither the environment nor a file of it names one. */
  fallbackDatabase?: () => Promise<string>
}

/** One call of a verb: the folder it is about, and how it speaks to whoever called it. */
export interface Invocation {
  readonly cwd: string
  readonly env: NodeJS.Dict<string>
  readonly stdout: Output
  /** How a person calls a verb: `npx next-cache-versions start`. */
  command(verb: string): string
  /** How a person runs a program of the app's: `pnpm drizzle-kit`. */
  program(name: string): string
  /** Asks a person; undefined where there is none to be asked. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  /** Says something to a person beside the answer. */
  note(text: string): void
  /** The same, of what may be a mistake. */
  warn(text: string): void
  /** @throws CommandError when none is configured, CacheVersionsError when it is no URL of Postgres. */
  databaseUrl(): Promise<string>
  /** The host and port of the database, once it has been asked for. */
  address(): string
}

export function invocationOf(options: InvocationOptions): Invocation {
  const { cwd = process.cwd(), env = process.env, stdout = process.stdout, stderr = process.stderr } = options
  const program = (name: string) => `${runner(cwd)} ${name}`
  let url: string | undefined
  return {
    cwd,
    env,
    stdout,
    program,
    ask: options.ask ?? terminalQuestion(),
    command: options.command ?? ((verb) => program(`next-cache-versions ${verb}`)),
    note: (text) => void stderr.write(`${text}\n`),
    warn: (text) => void stderr.write(`${styled(stderr, env, 'red', text)}\n`),
    databaseUrl: async () => {
      url ??= configuredUrl(cwd, env) ?? (await options.fallbackDatabase?.())
      if (url !== undefined) return url
      throw new CommandError(
        `No database is configured. Set DATABASE_URL to the Postgres that holds cache_versions: in the environment, or in .env.local or .env in ${cwd}.`,
      )
    },
    address: () => addressOf(url),
  }
}

function configuredUrl(cwd: string, env: NodeJS.Dict<string>): string | undefined {
  for (const variable of databaseVariables) {
    const url = setting(variable, cwd, env)
    if (!url) continue
    checkDatabaseUrl(url, variable)
    return url
  }
  return undefined
}

function addressOf(url = ''): string {
  // Between the last @ and the path, so that lists of hosts are shown and passwords never are.
  const host = /^[a-z]+:\/\/(?:.*@)?([^/?@]+)/i.exec(url)?.[1]
  if (!host) return 'the configured address'
  return /:\d+$/.test(host) ? host : `${host}:${process.env.PGPORT || 5432}`
}
