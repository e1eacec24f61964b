import { edited, readCachesFile } from '../list/caches-file.ts'
import type { App } from './app.ts'
import type { Step } from './plan.ts'

/** Lists the caches for the type checker: in the list that there is, or in a new one. */
export function listStep({ cwd, routes, source, isTypeScript }: App, caches: readonly string[]): Step {
  const file = readCachesFile(cwd, undefined)
  if (file) {
    const lacking = caches.filter((cache) => !file.names.includes(cache))
    if (lacking.length === 0) return { kept: `${file.shown} lists the caches` }
    const after = lacking.reduce((text, cache) => edited({ ...file, text }, 'add', cache), file.text)
    return { edit: { file: file.shown, before: file.text, after } }
  }
  if (caches.length === 0) return { hint: 'No cache is named. Name them with --caches, or start each later.' }
  if (!isTypeScript) return { kept: 'no list of caches, which is for the type checker' }
  const folder = routes ?? source
  return {
    edit: {
      file: `${folder === '.' ? '' : `${folder}/`}caches.ts`,
      before: undefined,
      after: newList(caches),
    },
  }
}

function newList(caches: readonly string[]): string {
  return `import type {} from 'next-cache-versions'

/** Every cache that has a version. The commands start and stop edit this list. */
export const caches = [${caches.map((cache) => `'${cache}'`).join(', ')}] as const

declare module 'next-cache-versions' {
  interface Register {
    caches: (typeof caches)[number]
  }
}
`
}
