/** Parsed once: it is needed at each request, and long. */
let parsed: { config: string; env: Record<string, string | undefined> } = { config: '', env: {} }

/**
 * Returns the `env` of next.config that a standalone server carries: `output: 'standalone'` starts without next.config,
 * and its `server.js` puts the settings into this variable. Without it the handlers would fall back to their defaults.
 */
export function standaloneEnvironment(): Record<string, string | undefined> {
  const config = process.env.__NEXT_PRIVATE_STANDALONE_CONFIG
  if (config && config !== parsed.config) parsed = { config, env: JSON.parse(config).env ?? {} }
  return config ? parsed.env : {}
}
