import type { WorkStore } from 'next/dist/server/app-render/work-async-storage.external.js'
import type { Render } from './renders.ts'

type Invocation =
  NonNullable<WorkStore['pendingCacheInvocations']> extends Map<string, infer Value> ? Value : never

export interface InvocationHooks {
  /**
   * Called when the render begins to look up, and load, an entry that others may join under the key. The returned
   * function is called when nobody can join any more, however it ended.
   */
  begin(key: string): () => void
  /** Called before the render joins a call of another request. It joins nothing until the promise settles. */
  beforeJoin(key: string): Promise<unknown> | undefined
}

/**
 * Calls the hooks for each call of a `'use cache'` function in the render. Next shares a call with all concurrent
 * requests for the same key and asks no cache handler (`crossRequestPendingCacheInvocations` in
 * `use-cache-wrapper.js`). But it notes its calls in two maps on the render's record, which it creates only if they are
 * missing.
 *
 * See docs/decisions/0023-calls-of-use-cache-are-watched-where-next-keeps-them.md
 */
export function watchInvocations(render: Render, hooks: InvocationHooks): void {
  render.pendingCacheInvocations ??= new Pending(hooks)
  render.completedCacheInvocations ??= new Completed(hooks)
}

/** Next sets the key before it lets others join, and deletes it in the same turn in which they no longer can. */
class Pending extends Map<string, Invocation> {
  readonly #hooks: InvocationHooks
  /** Next may set a key twice, and then deletes it twice. */
  readonly #ends = new Map<string, (() => void)[]>()

  constructor(hooks: InvocationHooks) {
    super()
    this.#hooks = hooks
  }

  override set(key: string, invocation: Invocation): this {
    this.#ends.set(key, [...(this.#ends.get(key) ?? []), this.#hooks.begin(key)])
    return super.set(key, invocation)
  }

  override delete(key: string): boolean {
    this.#ends.get(key)?.shift()?.()
    return super.delete(key)
  }
}

/** Next looks here for a result that the render has already, right before it looks for a call to join. */
class Completed extends Map<string, Invocation> {
  readonly #hooks: InvocationHooks

  constructor(hooks: InvocationHooks) {
    super()
    this.#hooks = hooks
  }

  override get(key: string): Invocation | undefined {
    return super.get(key) ?? this.#hooks.beforeJoin(key)?.then(() => expired)
  }
}

/** Next discards a result that is older than everything and goes on as if it had found none. */
const expired = {
  type: 'cached',
  entry: { pendingMetadata: Promise.resolve({ timestamp: Number.NEGATIVE_INFINITY, tags: [] }) },
} as unknown as Awaited<Invocation>
