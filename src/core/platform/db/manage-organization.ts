import { Prisma, type Tx } from "./client";

/** The role that sees and changes one organization's rows only (ADR 122). */
const MANAGER = "agathaai_manager";

interface Managed {
  orgId: string;
  /** Whose devices and data key may be read besides; null for a program. */
  userId: string | null;
}

/**
 * What a statement selects so that the rest of its transaction stands behind PostgreSQL's own wall: whatever later statements filter by,
 * or forget to, they see and change rows of this organization. Part of a statement that runs anyway, so it costs no round trip. The
 * transaction's end takes all of it back.
 */
export function behindManagersWall({ orgId, userId }: Managed): Prisma.Sql {
  return Prisma.sql`set_config('role', ${MANAGER}, true), set_config('agatha.org', ${orgId}, true),
    set_config('agatha.user', ${userId ?? ""}, true)`;
}

/**
 * Takes the role off again, for the rest of a change that reaches into other organizations: from here on it has the first wall alone.
 * `because` says what it needs out there, and stands in the transaction for tests to read.
 */
export async function leaveManagersWall(tx: Tx, because: string): Promise<void> {
  await tx.$queryRaw`SELECT set_config('role', 'none', true), set_config('agatha.org', '', true),
    set_config('agatha.user', '', true), set_config('agatha.beyond', ${because}, true)`;
}
