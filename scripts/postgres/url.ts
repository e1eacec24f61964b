import { databaseUrl } from './database-url.ts'

// Prints the URL of the database, for programs that cannot wait for a promise. The embedded Postgres that it
// may have started runs on for 10 seconds unless somebody connects.
const { url } = await databaseUrl()
console.log(url)
