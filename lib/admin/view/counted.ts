/** `1 cache`, `10,000 caches`; the same on the server and in any browser. */
export function counted(caches: number): string {
  return `${grouped(caches)} ${caches === 1 ? 'cache' : 'caches'}`
}

export function grouped(number: number): string {
  return number.toLocaleString('en')
}
