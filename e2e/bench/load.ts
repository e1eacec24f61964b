import autocannon from 'autocannon'

/** What one run of load found: requests a second, and the median time of a request in milliseconds. */
export interface Load {
  readonly rate: number
  readonly p50: number
}

/** Asks the URL over so many connections for so many seconds; any answer that is not a success is an error. */
export async function load(url: string, connections: number, seconds: number): Promise<Load> {
  const times: number[] = []
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon({ url, connections, duration: seconds }, (error, result) =>
      error ? reject(error) : resolve(result),
    )
    // Its own summary is in whole milliseconds.
    run.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds))
  })
  if (result.non2xx + result.errors > 0) {
    throw new Error(
      `[cache-versions] ${url} answered ${result.non2xx} errors, and ${result.errors} times not at all.`,
    )
  }
  return { rate: times.length / result.duration, p50: median(times) }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = low] =
    sorted.length % 2 ? [sorted[middle]] : sorted.slice(middle - 1, middle + 1)
  return (low + high) / 2
}
