import { CacheVersionsPage } from 'next-cache-versions/admin'

// Nothing of the page is there before somebody is known, so there is no shell to show first.
export const instant = false

export default CacheVersionsPage
