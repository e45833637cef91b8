import { Prisma } from "../../platform/db/client";
import type { ExpiredRows } from "../../platform/db/rows/expire-rows";

/** Deliveries are kept for seven days after they began, with their bodies and attempts; one still being retried stays. */
export const expiredWebhookRows: ExpiredRows = {
  webhook_deliveries: Prisma.sql`created_at < now() - interval '7 days' AND status <> 'pending'`,
};
