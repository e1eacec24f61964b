import { unstable_rethrow } from 'next/navigation'
import { getSettings } from './settings.ts'

/** The forum's name for the header and the titles, which must show even while Postgres cannot be reached. */
export async function forumName(): Promise<string> {
  try {
    return (await getSettings()).value.forumName
  } catch (error) {
    unstable_rethrow(error)
    return 'Forum'
  }
}
