import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type ProcessGroup, startGroup } from '../processes/process-group.ts'
import { project } from '../project.ts'

/** Compiles lib/ to dist/, which the app imports. */
export function compileLibrary(): ProcessGroup {
  return startGroup(process.execPath, compile(), { stdio: ['ignore', 'inherit', 'inherit'] })
}

/** Compiles again at each change, and prints nothing but errors. */
export function watchLibrary(): ProcessGroup {
  const watcher = startGroup(process.execPath, [...compile(), '--watch', '--preserveWatchOutput'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { stdout } = watcher.process
  if (stdout) createInterface({ input: stdout }).on('line', (line) => isNews(line) && console.log(line))
  return watcher
}

export function libraryIsCompiled(): boolean {
  return existsSync(join(project, 'dist/index.js'))
}

function compile(): string[] {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  return [join(typescript, 'bin/tsc'), '-p', join(project, 'lib/tsconfig.build.json')]
}

/** Not "12:00:00 - Found 0 errors. Watching for file changes." and its like. */
function isNews(line: string): boolean {
  return line.trim() !== '' && !/^\W*\d+:\d+:\d+.* - /.test(line)
}
