import { moduleParser } from '../../internals/parse-module.ts'
import { wrapConfig } from '../next/wrap-config.ts'
import { type App, textOfFile } from './app.ts'
import type { Step } from './plan.ts'

const importLine = "import { withCacheVersions } from 'next-cache-versions/config'"

/** Puts `withCacheVersions` around the configuration of Next. */
export function configStep({ cwd, config, isTypeScript }: App): Step {
  if (config === undefined) {
    const after = `${importLine}\n\nexport default withCacheVersions()\n`
    return { edit: { file: isTypeScript ? 'next.config.ts' : 'next.config.mjs', before: undefined, after } }
  }
  const before = textOfFile(cwd, config) ?? ''
  const wrapping = wrapConfig(before, moduleParser(cwd))
  if (wrapping.kind === 'wrapped') return { edit: { file: config, before, after: wrapping.text } }
  if (wrapping.kind === 'already') return { kept: `${config} has withCacheVersions` }
  return configByHand(config, wrapping.why)
}

export function configByHand(file: string, why: string): Step {
  return {
    byHand: { file, why, lines: [importLine, 'export default withCacheVersions(/* what it exports now */)'] },
  }
}
