export type { CacheScope } from "./cache-scope";
export { responseCacheGauges } from "./metrics";
export { deleteExpiredAnswers } from "./postgres-entries";
export {
  type CacheableAnswer,
  type CachedAnswer,
  deleteCachedAnswers,
  forgetAnswers,
  forgetAnswersIn,
  purgedCacheSchema,
  purgeResponseCache,
  readCached,
  storeAnswer,
} from "./response-cache";
