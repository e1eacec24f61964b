import { readFileSync } from 'node:fs'
import { verb } from '../verb.ts'

export const version = verb({
  about: 'Prints the version of the package.',
  options: {},
  json: '{"version"}',
  async run() {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
    return { text: version, json: { version } }
  },
})
