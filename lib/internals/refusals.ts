/**
 * Whether `headers()` has refused because it was called inside of a cached function, or outside of a request. Next tells
 * by the text only (`server/request/headers.js`, `messages/next-request-in-use-cache`). Without it the error does not
 * name the function to use instead.
 */
export function refusalOfHeaders(
  error: unknown,
): 'in a cached function' | 'outside of a request' | undefined {
  const message = error instanceof Error ? error.message : ''
  if (/inside .?"use cache"|inside a function cached with|unstable_cache/.test(message))
    return 'in a cached function'
  return /outside a request scope/.test(message) ? 'outside of a request' : undefined
}
