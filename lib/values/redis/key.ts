import { createHash } from 'node:crypto'

/** The format of entries, so that releases with different formats never read each other's. */
const format = 1

/** Longer keys, and keys with unprintable characters, are stored under their hash. */
const shown = /^[\x21-\x7e]{1,200}$/

/** Returns the functions that name the entries of one app, in one version of its code. */
export function redisKeys(namespace: string, codeVersion: string) {
  // No version of the code contains a colon, so none makes the names of another.
  const prefix = `${namespace}:${format}:${encodeURIComponent(codeVersion)}`
  return {
    entry: (key: string) => `${prefix}:entry:${short(key)}`,
    claim: (key: string) => `${prefix}:claim:${short(key)}`,
  }
}

function short(key: string): string {
  // As UTF-16, which keeps lone surrogates apart.
  return shown.test(key) ? key : `sha256 ${createHash('sha256').update(key, 'utf16le').digest('base64url')}`
}
