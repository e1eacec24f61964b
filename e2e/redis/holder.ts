import { cached } from 'next-cache-versions'

// A server that is there to be killed, or to be slow: it says that it loads a key, and does not get done for so long.

const [key = '', claimSeconds = '1', milliseconds = '60000'] = process.argv.slice(2)
const value = await cached(
  key,
  () => {
    process.stdout.write('loading\n')
    return new Promise<string>((resolve) => setTimeout(() => resolve('of the holder'), Number(milliseconds)))
  },
  { ttlSeconds: 60, claimSeconds: Number(claimSeconds) },
)
process.stdout.write(`${value}\n`)
