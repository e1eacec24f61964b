import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const longestMilliseconds = 10 * 60_000

/** That of a person's terminal, without what the package manager of this repository has put into it. */
export function environment(databaseUrl?: string): NodeJS.ProcessEnv {
  const env = { ...process.env, CI: '1', ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) }
  for (const name of Object.keys(env)) {
    if (/^(npm_|pnpm_|NODE_ENV$|CACHE_VERSIONS_)/i.test(name)) delete (env as NodeJS.Dict<string>)[name]
  }
  return env
}

export async function runProgram(
  program: string,
  args: readonly string[],
  place: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    const options = {
      ...place,
      timeout: longestMilliseconds,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
    } as const
    return (await promisify(execFile)(program, args, options)).stdout
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string }
    // doctor says what is wrong, and fails.
    if (args.includes('doctor') && stdout) return stdout
    throw new Error(`[cache-versions] ${program} ${args.join(' ')} failed. It says:\n${stdout}${stderr}`, {
      cause,
    })
  }
}
