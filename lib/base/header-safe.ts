/** Encodes what a header cannot carry, as Next does with tags (`server/lib/encode-header-safe.js`). */
export function headerSafe(text: string): string {
  return text.toWellFormed().replace(/[^\t\x20-\x7e]+/g, encodeURIComponent)
}
