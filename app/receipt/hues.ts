/** Two hues that follow from a version, one from each half: the same as on the admin page. */
export function huesOf(version: string): Record<'--hue' | '--second-hue', number> {
  return { '--hue': hue(version.slice(0, 4)), '--second-hue': hue(version.slice(4)) }
}

function hue(text: string): number {
  let hash = 0
  for (const character of text) hash = (hash * 131 + character.charCodeAt(0)) % 99_991
  return hash % 360
}
