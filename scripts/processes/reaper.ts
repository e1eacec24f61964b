import { createInterface } from 'node:readline'
import { stopGroups } from './stop-groups.ts'

// Stops process groups when the script that started them is gone, be it by kill -9: the system then closes
// the pipe on which the script has told of them, `+123` for one that started and `-123` for one that ended.

const groups = new Set<number>()
for await (const line of createInterface({ input: process.stdin })) {
  const group = Number(line.slice(1))
  if (line.startsWith('+')) groups.add(group)
  else groups.delete(group)
}
await stopGroups(groups)
