import { expect, test } from 'vitest'
import { freshSql, packageSql } from '../../sql/package-sql.ts'
import { callVerb } from '../../test/verb.ts'

const sql = (...args: string[]) => callVerb(['sql', ...args])

test('prints all that a fresh database needs', async () => {
  expect((await sql()).stdout.trimEnd()).toBe(freshSql(packageSql()).trimEnd())
})

test('--functions prints the functions alone', async () => {
  expect((await sql('--functions')).stdout.trimEnd()).toBe(packageSql().functions.trimEnd())
})

test('an upgrade that there is not is named, and a version that is none', async () => {
  const { code, stderr } = await sql('--from', '1', '--to', '3')
  expect(stderr).toContain('There is no upgrade of the schema from version 1 to 3.')
  expect(code).toBe(1)
  expect(await sql('--from', 'one')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"one" is no version'),
  })
  expect(await sql('--to', '2')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--to needs --from'),
  })
})
