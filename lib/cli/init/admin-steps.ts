import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type App, textOfFile } from './app.ts'
import type { Step } from './plan.ts'

const page = [
  "export { default } from 'next-cache-versions/admin/page'",
  "export * from 'next-cache-versions/admin/page'",
]
const session = ["export { GET, POST } from 'next-cache-versions/admin/session'"]

/** The admin page and the route of its sign-in. */
export function adminSteps(app: App): Step[] {
  const { routes, isTypeScript } = app
  const folder = `${routes ?? 'app'}/admin/caches`
  return [
    adminStep(app, `${folder}/page`, isTypeScript ? 'tsx' : 'js', page),
    adminStep(app, `${folder}/session/route`, isTypeScript ? 'ts' : 'js', session),
  ]
}

function adminStep({ cwd, routes }: App, path: string, end: string, lines: readonly string[]): Step {
  const file = `${path}.${end}`
  const there = ['tsx', 'ts', 'jsx', 'js'].map((end) => `${path}.${end}`)
  const existing = there.find((name) => textOfFile(cwd, name) !== undefined)
  if (existing) {
    if (textOfFile(cwd, existing)?.includes('next-cache-versions/')) {
      return { kept: `${existing} is there` }
    }
    return { byHand: { file: existing, why: 'it is a file of the app', lines } }
  }
  if (!routes) {
    return { byHand: { file, why: 'there is no folder of the App Router', lines } }
  }
  if (path.endsWith('page') && !hasRootLayout(join(cwd, routes))) {
    const why = `${routes} has no layout at its root, so put it below the one of your choice`
    return { byHand: { file, why, lines } }
  }
  return { edit: { file, before: undefined, after: `${lines.join('\n')}\n` } }
}

/** Without a layout at the root each page needs one in a folder of its own, as those of `app/[lang]` have. */
function hasRootLayout(folder: string): boolean {
  return readdirSync(folder).some((name) => /^layout\.[jt]sx?$/.test(name))
}
