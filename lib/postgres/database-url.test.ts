import { inspect } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { invalidateCache } from '../request/invalidate.ts'
import { readCacheOverview } from '../versions/log.ts'
import { readCacheVersions } from '../versions/read.ts'
import { checkDatabaseUrl } from './database-url.ts'

const usual = process.env.DATABASE_URL
afterEach(() => {
  if (usual === undefined) delete process.env.DATABASE_URL
  else process.env.DATABASE_URL = usual
})

test.each([
  'postgres://localhost',
  'postgresql://anna:s3cr3t@db.example.com:6543/forum?sslmode=require&channel_binding=require',
  'postgres://anna:s3%2Fcr%23t%40%25@127.0.0.1/forum',
  'postgres://anna:s3,cr3t@127.0.0.1/forum',
  'postgres://anna:s3cr3t@one:5432,two:5433/forum?target_session_attrs=primary',
  'postgres://anna:s3 c@r3t@127.0.0.1/forum',
  'postgres:///forum',
])('%s is read', (url) => {
  expect(() => checkDatabaseUrl(url)).not.toThrow()
})

const secrets = {
  'a slash': 'postgres://anna:s3/cr3t@127.0.0.1:5432/forum',
  'a slash after digits': 'postgres://anna:12/cr3t@127.0.0.1:5432/forum',
  'a number sign': 'postgres://anna:s3#cr3t@127.0.0.1:5432/forum',
  'a number sign after digits': 'postgres://anna:12#cr3t@127.0.0.1:5432/forum',
  'a question mark': 'postgres://anna:12?cr3t@127.0.0.1:5432/forum',
  'a slash and a question mark': 'postgres://anna:12/a?cr3t@127.0.0.1:5432/forum',
  'a percent sign': 'postgres://anna:cr3t100%@127.0.0.1:5432/forum',
  'two at signs before a list of hosts': 'postgres://anna:x@cr3t@one,two/forum',
  'a space in the host': 'postgres://anna:cr3t@my host/forum',
  'no scheme': 'anna:cr3t@127.0.0.1:5432/forum',
  'another scheme': 'mysql://anna:cr3t@127.0.0.1/forum',
  'no URL': 'cr3t',
}

test.each(Object.entries(secrets))('a URL with %s is refused and not shown', async (_, url) => {
  process.env.DATABASE_URL = url
  for (const use of [readCacheVersions, readCacheOverview, () => invalidateCache('bans')]) {
    const error = await use().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(error).toMatchObject({ code: 'invalid-config' })
    const shown = inspect(error, { depth: 10, showHidden: true })
    expect(shown).toContain('DATABASE_URL is not a URL of Postgres')
    expect(shown).not.toMatch(/cr3t|anna|s3|127\.0\.0\.1/)
  }
})
