import { readFileSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { project } from '../project.ts'
import { CommandError } from './command-error.ts'
import { withName, withoutName } from './edit-names.ts'
import { findNameList } from './name-list.ts'
import { nearestOf } from './nearest.ts'

/** The file that lists the app's caches for the type checker. */
export interface Registry {
  path: string
  /** The path as it is shown. */
  shown: string
  text: string
  names: readonly string[]
}

const form = "export const caches = ['settings', 'bans'] as const"

export const registryOption = { registry: { type: 'string' } } as const

export function readRegistry(given: string | undefined): Registry {
  const path = given === undefined ? resolve(project, 'app/caches.ts') : resolve(given)
  const shown = given ?? relative(project, path)
  const text = read(path, shown)
  const list = findNameList(text)
  if (!list) {
    throw new CommandError(
      `The list of caches in "${shown}" cannot be read. Write it as \`${form}\`, or name the file that holds it with --registry.`,
    )
  }
  return { path, shown, text, names: list.names.map(({ name }) => name) }
}

/** The registry's text with the name added to it, or removed from it. */
export function edited(registry: Registry, verb: 'add' | 'remove', name: string): string {
  const text = verb === 'add' ? withName(registry.text, name) : withoutName(registry.text, name)
  if (text !== undefined) return text
  throw new CommandError(
    `The comments in the list of "${registry.shown}" leave no safe place to ${verb} "${name}". Write the list as \`${form}\`.`,
  )
}

export function writeRegistry({ path, shown }: Registry, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (cause) {
    throw new CommandError(
      `The list of caches at "${shown}" cannot be written (${cause instanceof Error ? cause.message : cause}), so there is no migration either. Make it writable and run this again.`,
      { cause },
    )
  }
}

export function notRegistered(registry: Registry, name: string): CommandError {
  const nearest = nearestOf(name, registry.names)
  const hint = nearest ? `Did you mean "${nearest}"?` : `It lists: ${registry.names.join(', ') || 'nothing'}.`
  return new CommandError(`Cache "${name}" is not in "${registry.shown}", so it is not versioned. ${hint}`)
}

function read(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CommandError(
      `There is no list of caches at "${shown}". Create it with \`${form}\`, or name the file that holds it with --registry.`,
      { cause },
    )
  }
}
