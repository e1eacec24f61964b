import { createRequire } from 'node:module'

const file = /[\\/]next[\\/]dist[\\/]server[\\/]app-render[\\/]work-async-storage-instance\.js$/

/**
 * Returns the files from which this process has loaded Next's record of the request
 * (`server/app-render/work-async-storage-instance.js`). More than one means that the app runs another copy of Next than
 * this package imports: the handlers would see none of its renders, and none of its revalidations.
 */
export function copiesOfNext(): string[] {
  const loaded = Object.keys(createRequire(import.meta.url).cache ?? {})
  return loaded.filter((path) => file.test(path))
}
