export { consumeLimit, peekLimit } from "./consume-limit";
export { deleteExpiredBuckets } from "./delete-expired-buckets";
export type { Limit, LimitDecision } from "./limit";
