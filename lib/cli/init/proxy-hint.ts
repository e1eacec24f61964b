import { type App, textOfFile } from './app.ts'
import type { Step } from './plan.ts'

/** A proxy may read the versions before the page does. It is the app's to decide. */
export function proxyHint({ cwd, proxy }: App): Step[] {
  if (proxy === undefined || textOfFile(cwd, proxy)?.includes('next-cache-versions/proxy')) return []
  return [
    {
      hint: `If most of your requests read versions, let ${proxy} read them: export default withCacheVersions(yours), from 'next-cache-versions/proxy'.`,
    },
  ]
}
