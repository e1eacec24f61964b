/** What each of Next's two stores in memory may take: its own default. */
export const storeMebibytes = 50
/** What may come on top: Next counts the bytes of an entry, not its objects, which weigh more than a value of 1 kB. */
const overheadMebibytes = 150

/** By how much the heap of a server may grow. */
export const boundMebibytes = 2 * storeMebibytes + overheadMebibytes
