export { getCallerQuota, getTokenQuota, readUsedTokens, type TokenQuota } from "./get-token-quota";
export {
  amountColumns,
  counterSteps,
  keyCounterSteps,
  type LedgerAmounts,
  ledgerAndSettlementSteps,
} from "./ledger-and-settlement";
export { billedColumns, ledgerRowsOf } from "./ledger-rows";
export { type LimitKind, type LimitState, limitReached, recordRefusal } from "./limit-reached";
export { changePlanLimits } from "./period/change-plan-limits";
export { endOfMonth, limitOfPeriod, monthOf, quotaPeriodSql } from "./period/quota-period";
export { getRateLimit, keyLimitOf, planLimitOf, takeHeldRequest, takeRequest, tooMany } from "./rate-limits";
export { type Headroom, readHeadroom, type SpendHeadroom } from "./read-headroom";
export { LEASE_CHANNEL, RECALL_PAUSE_MS, recallLeases } from "./reserve/recall-leases";
export { keyReservationSql, reservationSql } from "./reserve/reservation-sql";
export {
  fitsAfterRecall,
  headroomSteps,
  limitSteps,
  refusalOf,
  reserveSteps,
} from "./reserve/reserve-batch-sql";
export { unusedKeyMicros, unusedMicros } from "./reserve/unused-of-leases";
export * from "./schemas";
export { typicalOutput } from "./typical-output";
