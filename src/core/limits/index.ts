export { consumeLimit, peekLimit } from "./consume-limit";
export type { Limit, LimitDecision } from "./limit";
export { expiredLimitWindows } from "./postgres-limiter";
