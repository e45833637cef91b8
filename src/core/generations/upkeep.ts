import { Prisma } from "../platform/db/client";
import type { ExpiredRows } from "../platform/db/expire-rows";

/** Their parts go with them. */
export const expiredGenerations: ExpiredRows = { generations: Prisma.sql`expires_at < now()` };
