import { createHash } from 'node:crypto'

/** Changes with the way entries are written, so that two releases of this package never read each other's. */
const format = 1

/** Longer keys, and those with characters that a log or a terminal would not show, are stored under their hash. */
const shown = /^[\x21-\x7e]{1,200}$/

/** Gives the names that the entries of one app, in one version of its code, have in Redis. */
export function redisKeys(namespace: string, codeVersion: string) {
  // Without a colon in it, no version of the code makes the names of another.
  const prefix = `${namespace}:${format}:${encodeURIComponent(codeVersion)}`
  return {
    entry: (key: string) => `${prefix}:entry:${short(key)}`,
    lease: (key: string) => `${prefix}:lease:${short(key)}`,
  }
}

function short(key: string): string {
  // As UTF-16, so that halves of characters stay apart.
  return shown.test(key) ? key : `sha256 ${createHash('sha256').update(key, 'utf16le').digest('base64url')}`
}
