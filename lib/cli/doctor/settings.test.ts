import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { settingFindings, settings } from './settings.ts'

test('the settings are all that the package reads', () => {
  const files = readdirSync('lib', { recursive: true, encoding: 'utf8' })
  const sources = files.filter(
    (file) => /(?<!\.test)\.ts$/.test(file) && !/^(cli|test|internals)\//.test(file),
  )
  const read = sources.flatMap(
    (file) => readFileSync(join('lib', file), 'utf8').match(/\bCACHE_VERSIONS_[A-Z_]*[A-Z]/g) ?? [],
  )
  expect([...settings].sort()).toEqual([...new Set(read)].sort())
})

test('a misspelt setting is wrong, with the one that is meant; any other unknown one is a warning', () => {
  expect(settingFindings({ CACHE_VERSION_NAMESPACE: 'a', CACHE_VERSIONS_ADMIN_TOKEN: 'b' })).toEqual([
    expect.objectContaining({ state: 'wrong', remedy: 'Rename it to CACHE_VERSIONS_NAMESPACE.' }),
  ])
  expect(settingFindings({ CACHE_VERSIONS_OF_ANOTHER_KIND: 'a' })).toEqual([
    expect.objectContaining({ state: 'warning' }),
  ])
})
