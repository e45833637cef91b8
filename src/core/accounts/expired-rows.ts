import { Prisma } from "../platform/db/client";
import type { ExpiredRows } from "../platform/db/rows/expire-rows";

/** A margin after their end keeps "expired" apart from "unknown" in responses. */
export const expiredAccountRows: ExpiredRows = {
  email_tokens: Prisma.sql`expires_at < now() - interval '7 days'`,
  refresh_tokens: Prisma.sql`expires_at < now() - interval '1 day'`,
  sessions: Prisma.sql`expires_at < now() - interval '30 days' OR revoked_at < now() - interval '30 days'`,
  known_devices: Prisma.sql`last_seen_at < now() - interval '90 days'`,
  sign_ins: Prisma.sql`created_at < now() - interval '90 days'`,
  email_changes: Prisma.sql`expires_at < now() - interval '1 day'`,
  spent_proofs: Prisma.sql`expires_at < now()`,
  passkey_challenges: Prisma.sql`expires_at < now()`,
  // Secrets that were shown and never confirmed.
  authenticators: Prisma.sql`confirmed_at IS NULL AND created_at < now() - interval '1 day'`,
};
