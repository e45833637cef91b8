export { changePlanLimits } from "./change-plan-limits";
export { getCallerQuota, getTokenQuota, readUsedTokens, type TokenQuota } from "./get-token-quota";
export {
  amountColumns,
  counterSteps,
  keyCounterSteps,
  type LedgerAmounts,
  ledgerAndSettlementSteps,
} from "./ledger-and-settlement";
export { type LimitKind, type LimitState, limitReached, recordRefusal } from "./limit-reached";
export { endOfMonth, limitOfPeriod, monthOf, quotaPeriodSql } from "./quota-period";
export { getRateLimit, keyLimitOf, planLimitOf, takeRequest, tooMany } from "./rate-limits";
export { type Headroom, readHeadroom, type SpendHeadroom } from "./read-headroom";
export { LEASE_CHANNEL, RECALL_PAUSE_MS, recallLeases } from "./recall-leases";
export { keyReservationSql, reservationSql } from "./reservation-sql";
export { fitsAfterRecall, headroomSteps, limitSteps, refusalOf, reserveSteps } from "./reserve-batch-sql";
export * from "./schemas";
export { typicalOutput } from "./typical-output";
export { unusedKeyMicros, unusedMicros } from "./unused-of-leases";
