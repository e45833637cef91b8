export type { Limit, LimitDecision } from "./limit";
export { consumeLimit, limiterMetrics, peekLimit } from "./limiter";
export { expiredLimitWindows } from "./postgres-limiter";
