import { expect, test } from 'vitest'
import type { CacheInvalidation } from './log.ts'
import { recallOf } from './recall.ts'

test.each([
  [null, null, undefined],
  [1, 1.26, '1 lease, 1.3 ms'],
  [2, 12.6, '2 leases, 13 ms'],
  [0, 1250.2, 'waited 1250 ms'],
])('%s leases recalled in %s ms are shown as %s', (recalledLeases, recallMilliseconds, text) => {
  expect(recallOf({ recalledLeases, recallMilliseconds } as CacheInvalidation)).toBe(text)
})
