import { createHash, timingSafeEqual } from 'node:crypto'
import { slot } from '../../base/slot.ts'

const minLength = 32

/** A short token is logged once. */
export const shortToken = slot('short admin token', () => ({ isTold: false }))

/**
 * Returns whether CACHE_VERSIONS_ADMIN_TOKEN is a token that signs in again and again, unset, or too short. One-time
 * tokens sign in in each case.
 */
export function configuredToken(): 'set' | 'unset' | 'too-short' {
  // An empty variable counts as unset.
  const token = process.env.CACHE_VERSIONS_ADMIN_TOKEN
  if (!token) return 'unset'
  if (token.length >= minLength) return 'set'
  warnOfShortToken()
  return 'too-short'
}

/** Compares hashes, which have one length, in a time that says nothing about where they differ. */
export function isConfiguredToken(given: string): boolean {
  if (configuredToken() !== 'set') return false
  return timingSafeEqual(hash(given), hash(process.env.CACHE_VERSIONS_ADMIN_TOKEN ?? ''))
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function warnOfShortToken(): void {
  if (shortToken.isTold) return
  shortToken.isTold = true
  console.error(
    `[cache-versions] CACHE_VERSIONS_ADMIN_TOKEN is shorter than ${minLength} characters, so it does not sign in to the admin page. Make a longer one: openssl rand -base64 24`,
  )
}
