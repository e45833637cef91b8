import { Prisma } from "../platform/db/client";
import type { ExpiredRows } from "../platform/db/rows/expire-rows";

export const expiredBillingRows: ExpiredRows = {
  // Stripe repeats and lists events for at most 30 days.
  stripe_events: Prisma.sql`received_at < now() - interval '60 days'`,
  // Invoiced long ago, and the ledger keeps the usage. Refused reports stay until an operator has decided about them.
  overage_reports: Prisma.sql`reported_at < now() - interval '100 days'`,
};
