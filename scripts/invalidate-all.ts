import { runScript } from './app/verb.ts'

await runScript('invalidate-all')
