export { consumeLimit, peekLimit } from "./consume-limit";
export type { Limit, LimitDecision } from "./limit";
export { limiterMetrics } from "./metrics";
export { expiredLimitWindows } from "./postgres-limiter";
