import { Prisma, type Tx } from "./client";

/** The role that sees and changes one organization's rows only (ADR 122). */
const MANAGER = "agathaai_manager";

interface Managed {
  orgId: string;
  /** Whose devices and data key may be read besides; null for a program. */
  userId: string | null;
}

/**
 * What a statement selects so that the rest of its transaction stands behind the second wall: whatever later statements filter by, or
 * forget to, they see and change rows of this organization only. It is part of a statement that runs anyway, so it costs no round trip.
 * The end of the transaction resets all of it.
 */
export function behindManagersWall({ orgId, userId }: Managed): Prisma.Sql {
  return Prisma.sql`set_config('role', ${MANAGER}, true), set_config('agatha.org', ${orgId}, true),
    set_config('agatha.user', ${userId ?? ""}, true)`;
}

/**
 * Takes the role off again, for the rest of a change that reaches into other organizations: from here on only the conditions of its
 * statements hold it back. `because` says what it needs there; it is set in the transaction so that a test can read it.
 */
export async function leaveManagersWall(tx: Tx, because: string): Promise<void> {
  await tx.$queryRaw`SELECT set_config('role', 'none', true), set_config('agatha.org', '', true),
    set_config('agatha.user', '', true), set_config('agatha.beyond', ${because}, true)`;
}
