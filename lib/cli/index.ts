export type { InvocationOptions } from './invocation.ts'
export { runVerb } from './run-verb.ts'
