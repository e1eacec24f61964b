import { readFile } from 'node:fs/promises'

/** The SQL by which docs/upgrade.md uninstalls the package. */
export async function uninstallSql(): Promise<string> {
  const page = await readFile('docs/upgrade.md', 'utf8')
  const block = /```sql\n( *drop function [\s\S]*?)```/.exec(page)?.[1]
  if (block === undefined) throw new Error('docs/upgrade.md does not show it.')
  return block
}
