import type { NextServer } from './next-server.ts'

interface Lease {
  readonly since?: string
  readonly leases: number
  readonly recalls: number
  readonly reads: number
  /** The process of the server. */
  readonly pid: number
}

/**
 * Returns what the server says of its lease, after it has blocked its event loop for so many milliseconds, or has set its
 * clock by as many.
 */
export async function leaseOf(
  { url }: NextServer,
  { block = 0, clock }: { block?: number; clock?: number } = {},
): Promise<Lease> {
  const query = new URLSearchParams({
    block: `${block}`,
    ...(clock === undefined ? {} : { clock: `${clock}` }),
  })
  const response = await fetch(`${url}/api/lease?${query}`)
  if (!response.ok) throw new Error(`/api/lease answered ${response.status}.`)
  return await response.json()
}

/** Whether it answers from memory. To ask is to read. */
export async function isLeased(server: NextServer): Promise<boolean> {
  return (await leaseOf(server)).since !== undefined
}

/** Whether it answers nothing for a moment. */
export async function isSilent({ url }: NextServer): Promise<boolean> {
  return await fetch(`${url}/_next/static/none`, { signal: AbortSignal.timeout(100) }).then(
    () => false,
    () => true,
  )
}
