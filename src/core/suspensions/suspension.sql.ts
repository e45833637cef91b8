import { Prisma } from "../platform/db/client";

/**
 * For a query over `users u` and `organizations o`: a `Suspension` of the first that is suspended, or null. An account's
 * comes first, because without it no other organization helps.
 */
export const suspensionOfPerson = Prisma.sql`CASE
    WHEN u.suspended_at IS NOT NULL THEN
      jsonb_build_object('of', 'account', 'reason', u.suspension_reason, 'since', u.suspended_at)
    WHEN o.suspended_at IS NOT NULL THEN
      jsonb_build_object('of', 'organization', 'reason', o.suspension_reason, 'since', o.suspended_at)
  END`;

/** The same over `api_keys k` and `organizations o`. */
export const suspensionOfKey = Prisma.sql`CASE
    WHEN o.suspended_at IS NOT NULL THEN
      jsonb_build_object('of', 'organization', 'reason', o.suspension_reason, 'since', o.suspended_at)
    WHEN k.suspended_at IS NOT NULL THEN
      jsonb_build_object('of', 'key', 'reason', k.suspension_reason, 'since', k.suspended_at)
  END`;
