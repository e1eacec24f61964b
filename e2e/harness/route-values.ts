import { routeKinds } from './kinds.ts'
import type { NextServer } from './next-server.ts'

/** Returns the kinds of routes that show the value on each of the servers and nothing of the one before it. */
export async function routesThatShow(
  servers: readonly NextServer[],
  value: string,
  before?: string,
): Promise<string[]> {
  const shown = Object.entries(routeKinds).map(async ([kind, { path, headers = {} }]) => {
    const texts: string[] = []
    for (const server of servers) texts.push(await (await fetch(server.url + path, { headers })).text())
    const isShown = texts.every((text) => text.includes(value) && !(before && text.includes(before)))
    return isShown ? [kind] : []
  })
  return (await Promise.all(shown)).flat()
}
