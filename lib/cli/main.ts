#!/usr/bin/env node
import { runVerb } from './run-verb.ts'

// A reader such as `head` has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

process.exitCode = await runVerb(process.argv.slice(2))
