// drizzle-kit loads this in the place of the app's configuration, which it alone can load: the app's own TypeScript is
// compiled by drizzle-kit. It says where the migrations are, and ends drizzle-kit.
// See docs/decisions/0045-drizzle-kit-tells-where-its-migrations-are.md
const { writeFileSync } = require('node:fs')

const { CACHE_VERSIONS_DRIZZLE_CONFIG: path, CACHE_VERSIONS_DRIZZLE_REPORT: report } = process.env
const loaded = require(path)
const { dialect, schema, out, migrations } = loaded.default ?? loaded
writeFileSync(report, JSON.stringify({ dialect, schema, out, migrations }))
process.exit(0)
