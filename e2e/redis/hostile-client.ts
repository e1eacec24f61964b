import { setTimeout as delay } from 'node:timers/promises'
import { cached, redisStore } from 'next-cache-versions'

// A server of an app. It asks each Redis that it is given for a quarter of a second, is idle for half of one, and tells by
// how many bytes it has grown, and how long an answer took at most.

const [, , token = '', ...urls] = process.argv
console.warn = () => {}
const ask = (url: string) => {
  const store = redisStore({ url, token, budgetMilliseconds: 150 })
  return (key: string) => cached(key, () => 'loaded', { ttlSeconds: 60, claimSeconds: 0.1, store })
}
await ask('redis://127.0.0.1:1')('what is compiled once')

const figures: { grown: number; longest: number; wrong: number }[] = []
for (const url of urls) {
  const cachedThere = ask(url)
  const before = process.memoryUsage().rss
  let [grown, longest, wrong, running] = [0, 0, 0, true]
  const watching = setInterval(() => {
    grown = Math.max(grown, process.memoryUsage().rss - before)
  }, 5)
  const worker = async (name: number) => {
    for (let i = 0; running; i += 1) {
      const began = performance.now()
      if ((await cachedThere(`${name} ${i}`)) !== 'loaded') wrong += 1
      longest = Math.max(longest, performance.now() - began)
      await delay(20)
    }
  }
  const workers = Array.from({ length: 4 }, (_, name) => worker(name))
  await delay(250)
  running = false
  await Promise.all(workers)
  // What comes now nobody has asked for.
  await delay(500)
  clearInterval(watching)
  figures.push({ grown, longest: Math.round(longest), wrong })
}
process.stdout.write(JSON.stringify(figures))
process.exit()
