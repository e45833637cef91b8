export type { CacheScope } from "./cache-scope";
export { responseCacheGauges } from "./metrics";
export { deleteExpiredAnswers } from "./postgres-entries";
export {
  type CacheableAnswer,
  type CachedAnswer,
  deleteCachedAnswers,
  purgedCacheSchema,
  purgeResponseCache,
  readCached,
  storeAnswer,
} from "./response-cache";
