import { expect, test } from 'vitest'
import { callVerb } from '../test/verb.ts'
import { verbs } from './verbs.ts'

const command = (verb: string) => `npx next-cache-versions ${verb}`

test('docs/cli.md is what the verbs say of themselves; vitest -u writes it', async () => {
  const { stdout: table } = await callVerb(['--help'], { command })
  const sections = ['# The command line', block(table)]
  for (const name of verbs.keys()) {
    const { stdout } = await callVerb([name, '--help'], { command })
    sections.push(`## ${name}`, block(stdout))
  }
  await expect(`${sections.join('\n\n')}\n`).toMatchFileSnapshot('../../docs/cli.md')
})

function block(text: string): string {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\``
}
