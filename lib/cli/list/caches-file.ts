import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { nearestName } from '../../versions/name.ts'
import { CommandError } from '../command-error.ts'
import { withName, withoutName } from './edit-names.ts'
import { findNameList, listStart } from './name-list.ts'

/** The file that lists the app's caches for the type checker. */
export interface CachesFile {
  readonly path: string
  /** The path as it is shown. */
  readonly shown: string
  readonly text: string
  readonly names: readonly string[]
}

const form = "export const caches = ['settings', 'bans'] as const"

/** Where the list is looked for when nobody says where it is. */
const usualPlaces = ['app', 'lib', 'db', 'server', '.'].flatMap((folder) =>
  ['.', 'src'].map((source) => join(source, folder, 'caches.ts')),
)

/**
 * Reads the file that is named, or else the one in a usual place. Without a name, `undefined` means that there is none.
 *
 * @throws CommandError when its list cannot be read, so that no edit could be made.
 */
export function readCachesFile(cwd: string, given: string | undefined): CachesFile | undefined {
  const shown = given ?? usualPlaces.find((place) => holdsList(join(cwd, place)))
  if (shown === undefined) return undefined
  const path = resolve(cwd, shown)
  const text = read(path, shown)
  const list = findNameList(text)
  if (!list) {
    throw new CommandError(
      `The list of caches in "${shown}" cannot be read. Write it as \`${form}\`, or name the file that holds it with --caches-file.`,
    )
  }
  return { path, shown, text, names: list.names.map(({ name }) => name) }
}

/** The file's text with the name added to its list, or removed from it. */
export function edited(file: CachesFile, edit: 'add' | 'remove', name: string): string {
  const text = edit === 'add' ? withName(file.text, name) : withoutName(file.text, name)
  if (text !== undefined) return text
  throw new CommandError(
    `The comments in the list of "${file.shown}" leave no safe place to ${edit} "${name}". Write the list as \`${form}\`.`,
  )
}

export function writeCachesFile({ path, shown }: CachesFile, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (cause) {
    throw new CommandError(
      `The list of caches at "${shown}" cannot be written (${cause instanceof Error ? cause.message : cause}), so there is no migration either. Make it writable and run this again.`,
      { cause },
    )
  }
}

export function notListed(file: CachesFile, name: string): CommandError {
  const nearest = nearestName(name, file.names)
  const hint = nearest ? `Did you mean "${nearest}"?` : `It lists: ${file.names.join(', ') || 'nothing'}.`
  return new CommandError(`Cache "${name}" is not in "${file.shown}", so it is not versioned. ${hint}`)
}

/** What a person has to do where no list was found. */
export function listByHand(edit: 'add' | 'remove', name: string): string {
  if (edit === 'remove') {
    return `No list of caches was found. Remove "${name}" from yours, or name its file with --caches-file.`
  }
  return `No list of caches was found. Add "${name}" to yours, or name its file with --caches-file. A list for the type checker is a file such as app/caches.ts:

  import type {} from 'next-cache-versions'

  export const caches = ['${name}'] as const

  declare module 'next-cache-versions' {
    interface Register {
      caches: (typeof caches)[number]
    }
  }
`
}

function holdsList(path: string): boolean {
  return existsSync(path) && listStart.test(readFileSync(path, 'utf8'))
}

function read(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CommandError(
      `There is no list of caches at "${shown}". Create it with \`${form}\`, or name the file that holds it with --caches-file.`,
      { cause },
    )
  }
}
