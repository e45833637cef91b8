export type { Limit, LimitDecision } from "./limit";
export { consumeLimit, limiterMetrics, peekLimit } from "./limiter";
export { takeHeldPermit, takePermit } from "./permits";
export { expiredLimitWindows } from "./postgres-limiter";
