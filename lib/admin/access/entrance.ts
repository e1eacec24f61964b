import { adminAuthorization } from '../../request/authorize.ts'
import { configuredToken } from './configured-token.ts'
import type { Entrance } from './entrance-hint.ts'

/** Returns the way to sign in on this server. */
export function entrance(): Exclude<Entrance, 'unavailable'> {
  if (adminAuthorization()) return 'app'
  const token = configuredToken()
  if (token === 'set') return 'configured'
  return token === 'unset' ? 'one-time' : token
}
