import { runScript } from './app/verb.ts'

await runScript('prune')
