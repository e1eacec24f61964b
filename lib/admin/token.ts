import { createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { processState } from '../core/process-state.ts'

/**
 * How the admin page is opened: with the token of the environment, which may be used again and again; with one made
 * at start, which may be used once; or not at all, because the token of the environment is too short to be one.
 */
export type TokenKind = 'configured' | 'one-time' | 'refused'

const minLength = 16

export function tokenKind(): TokenKind {
  const refused = ['CACHE_VERSIONS_ADMIN_TOKEN', 'CACHE_VERSIONS_ADMIN_ONE_TIME_TOKEN'].find(isTooShort)
  if (refused) {
    refuse(refused)
    return 'refused'
  }
  return process.env.CACHE_VERSIONS_ADMIN_TOKEN ? 'configured' : 'one-time'
}

/**
 * Whether the token opens the admin page. A one-time token that does is spent by the same call, so of two who bring
 * it only one comes in.
 */
export function redeemToken(given: string): boolean {
  const kind = tokenKind()
  if (kind === 'refused') return false
  if (kind === 'configured') return isEqual(given, process.env.CACHE_VERSIONS_ADMIN_TOKEN ?? '')
  if (!isEqual(given, oneTimeToken())) return false
  processState().adminToken = newToken()
  return true
}

/** The token that signs in next. It is made and printed when somebody first asks for a page that is closed. */
export function oneTimeToken(): string {
  const state = processState()
  // The scripts that start the server print their token themselves, as a link.
  state.adminToken ??= process.env.CACHE_VERSIONS_ADMIN_ONE_TIME_TOKEN || undefined
  if (!state.adminToken) {
    state.adminToken = newToken()
    console.info(
      `[cache-versions] The admin page is closed. Sign in once with the token ${state.adminToken} or set CACHE_VERSIONS_ADMIN_TOKEN to one of your own.`,
    )
  }
  return state.adminToken
}

/**
 * The key that signs sessions, or `undefined` when nobody can have one. Under a configured token it follows from the
 * token, so all servers agree on it and a restart signs nobody out.
 */
export function sessionKey(): Buffer | undefined {
  const kind = tokenKind()
  if (kind === 'refused') return undefined
  if (kind === 'configured') {
    const token = process.env.CACHE_VERSIONS_ADMIN_TOKEN ?? ''
    return Buffer.from(hkdfSync('sha256', token, '', 'next-cache-versions admin session', 32))
  }
  const state = processState()
  state.adminKey ??= randomBytes(32)
  return state.adminKey
}

/** Compares hashes, which have one length, in a time that says nothing about where they differ. */
function isEqual(given: string, expected: string): boolean {
  return timingSafeEqual(hash(given), hash(expected))
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function newToken(): string {
  return randomBytes(24).toString('base64url')
}

function isTooShort(variable: string): boolean {
  const token = process.env[variable]
  // An empty variable is one that is not set.
  return Boolean(token) && (token?.length ?? 0) < minLength
}

function refuse(variable: string): void {
  const state = processState()
  if (state.adminRefused) return
  state.adminRefused = true
  console.error(
    `[cache-versions] ${variable} is shorter than ${minLength} characters, so the admin page stays closed. Make a longer one: openssl rand -base64 24`,
  )
}
