import { parse, stringify } from 'devalue'
import { CacheVersionsError } from '../base/error.ts'

/**
 * Returns the value as text that keeps what JSON loses: Date, Map, Set, bigint, undefined, typed arrays, cycles. A
 * value that would not come back (functions, instances of classes) is an error, never a silent `{}`.
 */
export function encode(key: string, value: unknown): string {
  try {
    return stringify(value)
  } catch (cause) {
    throw new CacheVersionsError(
      'unstorable-value',
      `The value of "${key}" cannot be cached (${cause instanceof Error ? cause.message : cause}). Return plain data from the load.`,
      { cause },
    )
  }
}

/** Returns the value that {@link encode} wrote. Each call returns a new value, so no caller changes another's. */
export function decode<T>(text: string): T {
  return parse(text) as T
}
