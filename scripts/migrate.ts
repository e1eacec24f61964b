import { project } from './project.ts'

/** Applies this repository's migrations that the database lacks, all or none. Of several at once each waits. */
export async function migrate(url: string): Promise<void> {
  // Not at the top: `pnpm dev` compiles the package before it needs this.
  const { runVerb } = await import('next-cache-versions/cli')
  let said = ''
  const collect = { write: (text: string) => (said += text) }
  const code = await runVerb(['migrate', '--migrations', 'drizzle/migrations'], {
    cwd: project,
    env: { ...process.env, CACHE_VERSIONS_DATABASE_URL: url },
    stdout: collect,
    stderr: collect,
  })
  if (code !== 0) throw new Error(said.trimEnd())
}

if (process.argv[1] === import.meta.filename) {
  const { runScript } = await import('./app/verb.ts')
  await runScript('migrate')
}
