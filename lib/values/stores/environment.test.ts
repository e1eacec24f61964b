import { afterEach, beforeEach, expect, test } from 'vitest'
import { storeOfEnvironment } from './environment.ts'

const names = [
  'UPSTASH_REDIS_REST_URL',
  'UPSTASH_REDIS_REST_TOKEN',
  'REDIS_URL',
  'CACHE_VERSIONS_REDIS_BUDGET_MS',
] as const
const before = { ...process.env }

beforeEach(() => {
  for (const name of names) delete process.env[name]
})

afterEach(() => {
  process.env = { ...before }
})

test('values stay in memory where nothing is configured', () => {
  expect(storeOfEnvironment().name).toBe('memory')
})

test('Upstash serves when its address and token are set, before REDIS_URL', () => {
  process.env.REDIS_URL = 'redis://127.0.0.1:1'
  expect(storeOfEnvironment().name).toBe('redis')
  process.env.UPSTASH_REDIS_REST_URL = 'https://example.invalid'
  process.env.UPSTASH_REDIS_REST_TOKEN = 'secret'
  expect(storeOfEnvironment().name).toBe('upstash')
})

test('half a configuration is an error that does not tell the secret', () => {
  process.env.UPSTASH_REDIS_REST_TOKEN = 'secret'
  expect(storeOfEnvironment).toThrow('Set both, or neither')
  expect(storeOfEnvironment).not.toThrow('secret')
  process.env.UPSTASH_REDIS_REST_URL = 'user:secret@host'
  expect(storeOfEnvironment).toThrow('is not a URL that begins with https://')
  expect(storeOfEnvironment).not.toThrow('secret')
})

test('the budget is configurable, and refused where it is no number', () => {
  process.env.REDIS_URL = 'redis://127.0.0.1:1'
  expect(storeOfEnvironment().budgetMilliseconds).toBe(150)
  process.env.CACHE_VERSIONS_REDIS_BUDGET_MS = '50'
  expect(storeOfEnvironment().budgetMilliseconds).toBe(50)
  process.env.CACHE_VERSIONS_REDIS_BUDGET_MS = '1s'
  expect(storeOfEnvironment).toThrow('CACHE_VERSIONS_REDIS_BUDGET_MS is "1s"')
})
