/** An app as a person has it before. */
export interface Kind {
  readonly name: string
  readonly manager: 'npm' | 'pnpm'
  /** With Drizzle's migrations, or with none. */
  readonly withDrizzle: boolean
  readonly sourceFolder: boolean
  readonly cacheComponents: boolean
  readonly bundler: 'turbopack' | 'webpack'
}

export const kinds: readonly Kind[] = [
  {
    name: 'npm-drizzle',
    manager: 'npm',
    withDrizzle: true,
    sourceFolder: true,
    cacheComponents: true,
    bundler: 'turbopack',
  },
  {
    name: 'pnpm-plain',
    manager: 'pnpm',
    withDrizzle: false,
    sourceFolder: true,
    cacheComponents: true,
    bundler: 'turbopack',
  },
  {
    name: 'pnpm-webpack',
    manager: 'pnpm',
    withDrizzle: false,
    sourceFolder: false,
    cacheComponents: true,
    bundler: 'webpack',
  },
  {
    name: 'npm-classic',
    manager: 'npm',
    withDrizzle: true,
    sourceFolder: false,
    cacheComponents: false,
    bundler: 'turbopack',
  },
]
