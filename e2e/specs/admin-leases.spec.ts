import { expect, test } from '@playwright/test'
import postgres, { type Sql } from 'postgres'
import { signIn } from '../harness/sign-in.ts'

const url = process.env.DATABASE_URL ?? ''
let servers: { sql: Sql; recalled: Promise<unknown> }[]

test.beforeEach(async ({ context }) => {
  await signIn(context)
  servers = [await leaseOf('web-1:4711'), await leaseOf('web-2:99')]
})
test.afterEach(() => Promise.all(servers.map(({ sql }) => sql.end())))

/** Holds a lease as a server of that name does, and gives it up when it is recalled. */
async function leaseOf(name: string): Promise<(typeof servers)[number]> {
  const sql = postgres(url, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: `next-cache-versions lease ${name}` },
  })
  await sql`select await_former_cache_version_leases()`
  // The server of the demo may ask for one at the same time.
  await expect(async () => {
    await sql.unsafe('rollback; begin')
    const [row] = await sql`select hold_cache_version_lease(pg_backend_pid()) as state`
    expect(row?.state).toBe('held')
  }).toPass()
  await sql`savepoint held`
  // As long as the test takes.
  const recalled = sql`select await_cache_version_recall(20)`.then(() =>
    sql.unsafe('rollback to held; select give_up_cache_version_lease(); rollback'),
  )
  return { sql, recalled }
}

test('the page shows the servers that hold a lease now, and the log how many a change recalled', async ({
  page,
}) => {
  await page.goto('/admin/caches')
  await expect(page.getByText(/^\d servers hold a lease: .*web-1:4711, web-2:99/)).toBeVisible()
  await page.getByRole('button', { name: 'Invalidate bans' }).click()
  await Promise.all(servers.map(({ recalled }) => recalled))
  await expect(page.getByText(/^was /)).toBeVisible()
  await page.reload()
  await expect(page.getByText('web-1:4711')).toHaveCount(0)
  const newest = page.getByRole('table', { name: 'Invalidations' }).getByRole('row', { name: 'bans' }).first()
  await expect(newest).toContainText(/\d leases, \d+(\.\d)? ms/)
})
