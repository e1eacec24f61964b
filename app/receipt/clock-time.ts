/** `14:03:22.518 UTC`: the same text on the server and in every browser. */
export function clockTime(date: Date): string {
  return `${date.toISOString().slice(11, 23)} UTC`
}
