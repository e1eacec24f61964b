import { getCacheVersions } from 'next-cache-versions/next'
import { getSettings } from '../../settings/settings.ts'

/** A route handler works with the versions just as a page does. */
export async function GET(): Promise<Response> {
  const [versions, { value: settings, receipt }] = await Promise.all([getCacheVersions(), getSettings()])
  return Response.json({ versions, settings, receipt }, { headers: { 'cache-control': 'no-store' } })
}
