import type { Db, Tx } from "./client";

/** The role that sees one organization's rows only (ADR 77). */
const TENANT = "agathaai_tenant";
/** A view of one organization's rows comes before the table of its name: its conditions may use every index. */
const SEARCH_PATH = "tenant, public";

/**
 * Reads of one organization's caller, behind PostgreSQL's own wall: whatever the statements filter by, or forget to, they see rows of this organization
 * and change none. In one transaction, whose end takes both settings back.
 */
export async function asOrganization<T>(db: Db, orgId: string, read: (tx: Tx) => Promise<T>): Promise<T> {
  return await db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT set_config('role', ${TENANT}, true), set_config('agatha.org', ${orgId}, true),
        set_config('search_path', ${SEARCH_PATH}, true)`;
      return await read(tx);
    },
    { maxWait: 5_000, timeout: 30_000 },
  );
}
