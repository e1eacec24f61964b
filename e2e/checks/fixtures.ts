import { type Build, buildFixture, removeBuild } from '../harness/build.ts'
import { builds, given } from '../harness/builds.ts'
import { passes, succeeds, type Tally } from './check.ts'

/** An address where no Postgres is: an app whose pages read no version while they are built needs none. */
const noDatabase = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }

/** The fixtures of Playwright's specs, each built once for the run. */
export class BuiltFixtures {
  readonly #postgresUrl: string
  readonly #made: Record<string, Build> = {}

  constructor(postgresUrl: string) {
    this.#postgresUrl = postgresUrl
  }

  /** One after the other: each keeps more than one core busy. */
  async buildAll(): Promise<Tally[]> {
    const tallies = [
      await passes(
        'next build, no database in reach',
        'next',
        ['build', 'e2e/fixtures/requests'],
        noDatabase,
      ),
      await passes('next build of the contract with Next', 'next', ['build', 'e2e/fixtures/contract']),
    ]
    for (const [number, [name, options]] of Object.entries(builds).entries()) {
      const build = async () => {
        this.#made[name] = await buildFixture(this.#postgresUrl, `fixture_${number}`, options)
      }
      tallies.push(await succeeds(`next build ${name}`, build))
    }
    return tallies
  }

  /** The environment of the specs that use them. */
  environment(): Record<string, string> {
    return given(this.#made)
  }

  async remove(): Promise<void> {
    for (const build of Object.values(this.#made)) await removeBuild(this.#postgresUrl, build)
  }
}
