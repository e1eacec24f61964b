import { type WorkStore, workAsyncStorage } from 'next/dist/server/app-render/work-async-storage.external.js'

/** Next's record of one render: of a page, with the action before it, or of a route handler. */
export type Render = { -readonly [Key in keyof WorkStore]: WorkStore[Key] }

export interface RenderHooks {
  /** Called before any code of the render runs. */
  begin(render: Render): void
  /** Called when the response is ready. It is sent when the promise settles, and fails when that rejects. */
  beforeAnswer(render: Render): Promise<unknown> | undefined
}

const isWatched = Symbol.for('next-cache-versions/renders')

/**
 * Calls the hooks for each render in this process. Next has no event for it, but enters `workAsyncStorage` first in
 * `app-render.js` and `route-modules/app-route/module.js`, and later for each load of `'use cache'`
 * (`use-cache-wrapper.js`).
 *
 * See docs/decisions/0043-each-render-is-prepared-before-its-first-line.md
 */
export function watchRenders(hooks: RenderHooks): void {
  const storage = workAsyncStorage as typeof workAsyncStorage & { [isWatched]?: boolean }
  if (storage[isWatched]) return
  storage[isWatched] = true
  const run = storage.run.bind(storage) as <R>(
    store: WorkStore,
    render: (...args: unknown[]) => R,
    ...args: unknown[]
  ) => R
  const begun = new WeakSet<WorkStore>()
  storage.run = <R>(store: WorkStore, render: (...args: never[]) => R, ...args: unknown[]): R => {
    const isLoad = begun.has(store)
    if (!isLoad) {
      begun.add(store)
      hooks.begin(store)
    }
    const answer = run(store, render as (...args: unknown[]) => R, ...args)
    return isLoad || !(answer instanceof Promise) ? answer : (answerAfter(answer, store, hooks) as R)
  }
}

async function answerAfter<T>(answer: Promise<T>, store: WorkStore, hooks: RenderHooks): Promise<T> {
  const given = await answer
  await hooks.beforeAnswer(store)
  return given
}
