/** Whether `next build` runs this code (`PHASE_PRODUCTION_BUILD` of `next/constants`, in the environment of its workers). */
export function isBuilding(): boolean {
  return process.env.NEXT_PHASE === 'phase-production-build'
}

/** Whether `next dev` does. It keeps a cache of its own in front of the handlers (`server/use-cache/handlers.js`). */
export function isDevServer(): boolean {
  return Boolean(process.env.__NEXT_DEV_SERVER)
}
