export type { CacheScope } from "./cache-scope";
export {
  CACHE_SECONDS,
  type CacheableAnswer,
  type CachedAnswer,
  deleteCachedAnswers,
  expiredCachedAnswers,
  purgedCacheSchema,
  purgeResponseCache,
  readCached,
  storeAnswer,
} from "./response-cache";
