import { expect, test } from 'vitest'
import { redisAddress } from './address.ts'
import { redisStore } from './store.ts'

test.each([
  ['redis://localhost', { host: 'localhost', port: 6379, secure: false, greeting: [] }],
  ['redis://:p%40ss@h:1/0', { host: 'h', port: 1, secure: false, greeting: [['AUTH', 'p@ss']] }],
  [
    'rediss://user:pass@[::1]:2/3?family=6',
    {
      host: '::1',
      port: 2,
      secure: true,
      greeting: [
        ['AUTH', 'user', 'pass'],
        ['SELECT', '3'],
      ],
    },
  ],
])('%s is read', (url, address) => {
  expect(redisAddress(url)).toEqual(address)
})

test.each([
  'redis://user:1234/5678@host',
  'redis://user:1234#5678@host:6379/0',
  'redis://user:1234?5678@host',
  'redis://1234#5678@host',
  'redis://user:1234%5678%zz@host',
  'redis://user:12 34/56 78',
  '1234:5678@host',
])('%s is refused, and not told', (url) => {
  const make = () => redisStore({ url })
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-config' }))
  expect(make).toThrow(expect.not.objectContaining({ cause: expect.anything() }))
  expect(make).not.toThrow(/1234|5678/)
})
