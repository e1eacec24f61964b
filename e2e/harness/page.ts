import type { NextServer } from './next-server.ts'

/** What a page shows, by the ids of its outputs; a route handler shows its `body`. */
export async function shown(server: NextServer, path: string): Promise<Record<string, string>> {
  const response = await fetch(server.url + path)
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
  return path.startsWith('/api') ? { body: text } : outputs(text)
}

/** The values that a page shows, whatever their ids; a page that names its slug shows it before the value. */
export async function values(server: NextServer, path: string): Promise<string[]> {
  const all = Object.values(await shown(server, path))
  if (all.length === 0) throw new Error(`${path} shows no values.`)
  return all.map((value) => value.split(' ').at(-1) ?? '')
}

export async function status(server: NextServer, path: string): Promise<number> {
  const response = await fetch(server.url + path)
  await response.arrayBuffer()
  return response.status
}

/** The headers of the browser's router when it prefetches a segment of a page. */
export function prefetch(segment: string): Record<string, string> {
  return { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': segment }
}

/** Posts one of the page's forms as a browser without JavaScript does, and gives what the answer shows. */
export async function post(server: NextServer, form: string, value: string): Promise<Record<string, string>> {
  return await (await openForm(server, form))(value)
}

/** Opens the page with the forms, and gives the function that posts one of them. */
export async function openForm(
  server: NextServer,
  form: string,
): Promise<(value: string) => Promise<Record<string, string>>> {
  const page = await (await fetch(`${server.url}/act`)).text()
  const start = page.indexOf(`id="form-${form}"`)
  const fields = page.slice(start, page.indexOf('</form>', start)).matchAll(/name="(\$ACTION[^"]*)"/g)
  const body = new FormData()
  for (const [, name] of fields) body.append(name ?? '', '')
  return async (value) => {
    body.set('value', value)
    const response = await fetch(`${server.url}/act`, {
      method: 'POST',
      body,
      headers: { origin: server.url },
    })
    if (!response.ok) throw new Error(`The action ${form} answered ${response.status}.`)
    return outputs(await response.text())
  }
}

/** What a document shows, by the ids of its outputs. */
export function outputs(html: string): Record<string, string> {
  const found = html.matchAll(/<output id="([^"]+)">([^<]*)<\/output>/g)
  return Object.fromEntries([...found].map(([, id, text]) => [id, text]))
}
