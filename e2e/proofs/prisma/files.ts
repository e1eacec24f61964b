/** A program with Prisma, as its documentation has it, and the package beside. */
export const files: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ private: true, type: 'module' }),
  'prisma.config.ts': `import { defineConfig } from 'prisma/config'

export default defineConfig({ schema: 'schema.prisma', datasource: { url: process.env.DATABASE_URL ?? '' } })
`,
  'schema.prisma': `generator client {
  provider = "prisma-client"
  output   = "./generated"
}

datasource db {
  provider = "postgresql"
}

model posts {
  id Int @id
}
`,
  'check.ts': `import { PrismaPg } from '@prisma/adapter-pg'
import { closeCacheVersions, invalidateCache, readCacheVersions } from 'next-cache-versions'
import { Prisma, PrismaClient } from './generated/client.ts'

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) })
const violations: string[] = []
const reason = "'?' \\\\? $1 :name ::text @p %s {} \\\\ ;--"
const version = async () => (await readCacheVersions()).bans

const before = await version()
await prisma.$transaction((tx) => invalidateCache('bans', { tx, reason }))
const committed = await version()
if (committed === before) violations.push('A transaction that committed has invalidated nothing.')

const failure = new Error('rolled back')
const rolledBack = prisma.$transaction(async (tx) => {
  await invalidateCache('bans', { tx })
  throw failure
})
if ((await rolledBack.catch((error) => error)) !== failure) violations.push('The error of the transaction was lost.')
if ((await version()) !== committed) violations.push('A transaction that rolled back has invalidated.')

const unknown = await prisma.$transaction((tx) => invalidateCache('bnas', { tx })).catch((error) => error)
if (unknown.code !== 'unknown-cache') violations.push('An unknown cache was told as: ' + unknown)

await prisma.$disconnect()
await closeCacheVersions()
console.log(JSON.stringify({ prisma: Prisma.prismaVersion.client, violations }))
`,
}
