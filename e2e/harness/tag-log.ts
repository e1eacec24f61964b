export { fillTagLog, forgetTagLog, lookUpAsOld, stampOfNow } from '../../lib/test/tag-log.ts'
export { readCacheVersions } from '../../lib/versions/read.ts'
