import { test as base } from '@playwright/test'
import { type App, buildApp, openApp } from './app.ts'
import { type BuildName, builds, givenBuild } from './builds.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { environment } from './environment.ts'

interface Shared {
  /** Gives one of the builds of the fixture, which all specs share. It is made when `pnpm test` has not made it. */
  readonly built: (build?: BuildName) => Promise<App>
  /** Two servers of the first build, for specs that leave them as they are but for what the caches hold. */
  readonly shared: Cluster
}

export const test = base.extend<object, Shared>({
  built: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what the fixture needs.
    async ({}, use, { project }) => {
      const { postgresUrl } = environment()
      const apps = new Map<BuildName, Promise<App>>()
      const source = project.name === 'beside' ? { sourcePort: 0 } : {}
      await use((name = 'with cache components and a proxy') => {
        const made = givenBuild(name)
        const app =
          apps.get(name) ??
          (made ? openApp(postgresUrl, made, source) : buildApp({ postgresUrl, ...builds[name] }))
        apps.set(name, app)
        return app
      })
      for (const [name, promise] of apps) {
        const app = await promise.catch(() => undefined)
        await (givenBuild(name) ? app?.close() : app?.remove())
      }
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  shared: [
    async ({ built }, use) => {
      const cluster = await startCluster(await built(), { servers: 2 })
      await use(cluster)
      await cluster.stop()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
})
