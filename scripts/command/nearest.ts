import { closest, distance } from 'fastest-levenshtein'

/** The known name that differs least, when it differs little enough to be a slip of the keyboard. */
export function nearestOf(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const nearest = closest(name, known)
  return distance(name, nearest) <= Math.max(2, Math.floor(name.length / 3)) ? nearest : undefined
}
