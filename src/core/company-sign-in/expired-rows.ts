import { Prisma } from "../platform/db/client";
import type { ExpiredRows } from "../platform/db/rows/expire-rows";

export const expiredCompanyRows: ExpiredRows = {
  company_sign_in_requests: Prisma.sql`expires_at < now()`,
};
