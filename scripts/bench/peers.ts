import { type Subject, value } from './subjects.ts'

/** The peers that are installed, on the same Redis. Not named in imports, so that the bench runs without them. */
export async function peers(redisUrl: string): Promise<Subject[]> {
  const found = await Promise.all([bento(redisUrl), cacheable(redisUrl)])
  return found.filter((subject) => subject !== undefined)
}

async function bento(redisUrl: string): Promise<Subject | undefined> {
  const names = ['bentocache', 'bentocache/drivers/redis']
  const modules = await Promise.all(names.map(load))
  if (modules.includes(undefined)) return missing('bentocache')
  const [{ BentoCache, bentostore }, { redisDriver }] = modules
  const { hostname: host, port } = new URL(redisUrl)
  const driver = redisDriver({ connection: { host, port: Number(port) } })
  const cache = new BentoCache({ default: 'redis', stores: { redis: bentostore().useL2Layer(driver) } })
  return ofPeer('BentoCache', (key) => cache.getOrSet({ key, factory: () => value, ttl: '10m' }))
}

async function cacheable(redisUrl: string): Promise<Subject | undefined> {
  const modules = await Promise.all(['cacheable', '@keyv/redis', 'keyv'].map(load))
  if (modules.includes(undefined)) return missing('cacheable')
  const [{ Cacheable }, { default: KeyvRedis }, { Keyv }] = modules
  const cache = new Cacheable({ primary: new Keyv({ store: new KeyvRedis(redisUrl) }) })
  return ofPeer('cacheable', (key) => cache.getOrSet(key, async () => value, { ttl: '10m' }))
}

function ofPeer(name: string, ask: (key: string) => Promise<unknown>): Subject {
  let misses = 0
  return {
    name,
    hit: () => ask('hit'),
    miss: () => {
      misses += 1
      return ask(`miss-${process.pid}-${misses}`)
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: there are no types for what may not be installed.
function load(name: string): Promise<any> {
  return import(name).catch(() => undefined)
}

function missing(name: string): undefined {
  console.log(`${name} is not installed, so it is not measured.`)
}
