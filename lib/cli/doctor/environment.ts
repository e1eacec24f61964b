import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/** The files that a server in production reads, the one that wins last. */
const files = ['.env', '.env.production', '.env.local', '.env.production.local']

/** The environment of a server that is started here. */
export function environmentOf(folder: string, env: NodeJS.Dict<string>): NodeJS.Dict<string> {
  const read = files
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .map((path) => parseEnv(readFileSync(path, 'utf8')))
  return Object.assign({}, ...read, env)
}

/**
 * Returns the function that takes secrets out of a text, for what an app's own configuration, a server or Postgres says
 * may hold some.
 */
export function redactor(environment: NodeJS.Dict<string>): (text: string) => string {
  const secrets = Object.entries(environment).flatMap(([name, value = '']) =>
    /^(?!NEXT_PUBLIC_).*(URL|URI|DSN|TOKEN|KEY|SECRET|PASS|CREDENTIAL)/i.test(name)
      ? [value, ...passwordsOf(value)]
      : [],
  )
  const shown = secrets.filter((secret) => secret.length > 5).sort((a, b) => b.length - a.length)
  return (text) => shown.reduce((text, secret) => text.replaceAll(secret, '[secret]'), text)
}

function passwordsOf(url: string): string[] {
  const encoded = /^[a-z+]+:\/\/[^/?#]*?:([^/?#]*)@/i.exec(url)?.[1]
  if (!encoded) return []
  try {
    return [encoded, decodeURIComponent(encoded)]
  } catch {
    return [encoded]
  }
}
