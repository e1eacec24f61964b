import { decode, encode } from './encoding.ts'

/** devalue writes no text that begins with it. */
const json = 'j'

/**
 * Returns the value as text: as JSON if that loses nothing, because JSON is read twice as fast.
 *
 * See docs/decisions/0005-values-are-stored-as-text.md
 * See docs/decisions/0021-json-where-json-is-enough.md
 */
export function writeValue(key: string, value: unknown): string {
  return isJson(value, new Set()) ? json + JSON.stringify(value) : encode(key, value)
}

/** Returns the value that {@link writeValue} wrote. Each call returns a new value, so no caller changes another's. */
export function readValue<T>(text: string): T {
  return text.startsWith(json) ? (JSON.parse(text.slice(json.length)) as T) : decode<T>(text)
}

/** Whether JSON returns the value unchanged. A value that occurs twice would come back as two. */
function isJson(value: unknown, seen: Set<object>): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object':
      break
    default:
      return false
  }
  if (value === null) return true
  if (seen.has(value)) return false
  seen.add(value)
  const isArray = Array.isArray(value)
  if (Object.getPrototypeOf(value) !== (isArray ? Array.prototype : Object.prototype)) return false
  const names = Reflect.ownKeys(value)
  // An array has its length beside its items; holes and extra properties show in the count.
  if (isArray && names.length !== value.length + 1) return false
  return isArray
    ? value.every((item) => isJson(item, seen))
    : names.every((name) => typeof name === 'string' && isJsonProperty(value, name, seen))
}

function isJsonProperty(owner: object, name: string, seen: Set<object>): boolean {
  const property = Object.getOwnPropertyDescriptor(owner, name)
  return (
    name !== '__proto__' &&
    property?.enumerable === true &&
    'value' in property &&
    isJson(property.value, seen)
  )
}
