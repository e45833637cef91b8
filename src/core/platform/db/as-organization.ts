import type { Db, Tx } from "./client";

/** The role that sees one organization's rows only (ADR 77). */
const TENANT = "agathaai_tenant";
/** Some tables have a view of the same name in `tenant`, through which conditions may use every index (ADR 77). */
const SEARCH_PATH = "tenant, public";

/**
 * Reads for one organization's caller, behind the second wall: whatever the statements filter by, or forget to, they see rows of this
 * organization only and change none. They run in one transaction, whose end resets the settings.
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
