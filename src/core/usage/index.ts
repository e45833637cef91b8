export { getProviderHealth, type ProviderHealth } from "./get-provider-health";
export { getTokenQuota, type TokenQuota } from "./get-token-quota";
export { type LedgerAmounts, ledgerAndSettlementSql } from "./ledger-and-settlement";
export { endOfMonth, monthOf } from "./month";
export { refreshUsageStatistics } from "./refresh-usage-statistics";
export { quotaExceeded, type Reservation, reservationSql, reserveTokens } from "./reserve-tokens";
