/**
 * The codes of errors of Redis and Upstash. The rest of an error may repeat the command: a Redis that does not know
 * AUTH repeats the password, one that does not know SET the value.
 *
 * See docs/decisions/0017-redis-errors-are-repeated-only-in-known-words.md
 */
const codes =
  /^(?:ASK|BUSY|CLUSTERDOWN|CROSSSLOT|DENIED|ERR|EXECABORT|LOADING|MASTERDOWN|MISCONF|MOVED|NOAUTH|NOPERM|NOREPLICAS|NOSCRIPT|OOM|READONLY|TRYAGAIN|UNKILLABLE|WRONGPASS|WRONGTYPE)(?= |$)/

/** The phrases to repeat where the code alone suggests no remedy. */
const phrases = [
  'command not allowed',
  'DB capacity quota exceeded',
  'DB index is out of range',
  'invalid DB index',
  'max concurrent connections exceeded',
  'max daily request limit exceeded',
  'max number of clients reached',
  'max request size exceeded',
  'max requests limit exceeded',
  'max single record size exceeded',
  'unknown command',
  'without any password configured',
]

/** Returns an error of Redis in its known words only, without any text that may have been sent to it. */
export function shownError(text: string): string {
  const [code] = text.match(codes) ?? []
  const phrase = phrases.find((known) => text.includes(known))
  return [code ?? 'an error', phrase].filter(Boolean).join(' ')
}
