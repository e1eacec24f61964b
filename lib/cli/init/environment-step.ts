import { type App, textOfFile } from './app.ts'
import type { Step } from './plan.ts'

const file = '.env.example'

const lines = [
  [
    'DATABASE_URL',
    '# The Postgres that holds the versions of next-cache-versions: its primary, never a replica.',
  ],
  ['DATABASE_URL', 'DATABASE_URL='],
  ['CACHE_VERSIONS_DATABASE_URL', '# Wins over DATABASE_URL, where that is a replica.'],
  ['CACHE_VERSIONS_DATABASE_URL', '# CACHE_VERSIONS_DATABASE_URL='],
  ['REDIS_URL', '# Keeps the values of cached() for all servers; without it each server keeps its own.'],
  ['REDIS_URL', '# REDIS_URL='],
  [
    'CACHE_VERSIONS_ADMIN_TOKEN',
    '# Signs in to the admin page, 32 characters or more: openssl rand -base64 24. Without it one-time tokens do.',
  ],
  ['CACHE_VERSIONS_ADMIN_TOKEN', '# CACHE_VERSIONS_ADMIN_TOKEN='],
] as const

/** Names the variables of the package in `.env.example`. */
export function environmentStep({ cwd }: App): Step {
  const before = textOfFile(cwd, file)
  const lacking = lines.filter(([name]) => !new RegExp(`^[#\\s]*${name}=`, 'm').test(before ?? ''))
  if (lacking.length === 0) return { kept: `${file} names the variables` }
  const added = lacking.map(([, line]) => `${line}\n`).join('')
  const after = before?.trim() ? `${before.replace(/\s*$/, '')}\n\n${added}` : added
  return { edit: { file, before, after } }
}
