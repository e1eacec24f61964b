import postgres from 'postgres'
import { buildApp } from '../harness/app.ts'
import { type Cluster, type ClusterOptions, startCluster } from '../harness/cluster.ts'

/** Builds the fixture, starts so many servers of it for the work, and leaves nothing behind. */
export async function onFixtureCluster<T>(
  postgresUrl: string,
  options: ClusterOptions,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  // Somebody has to stay connected, or Postgres would stop while the app is built.
  const hold = postgres(postgresUrl, { max: 1, onnotice: () => {} })
  try {
    await hold`select 1`
    const app = await buildApp({ postgresUrl })
    try {
      const cluster = await startCluster(app, { direct: true, ...options })
      try {
        return await work(cluster)
      } finally {
        await cluster.stop()
      }
    } finally {
      await app.remove()
    }
  } finally {
    await hold.end()
  }
}
