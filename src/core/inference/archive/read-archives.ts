import type { Db } from "../../platform";
import { type Storage, storage } from "../../platform/storage";
import { objectOf, unpack } from "./archive-object";

const AT_ONCE = 100;

/** All archived requests of an organization, oldest first, an object at a time, for its export. */
export async function* readArchives(
  db: Db,
  orgId: string,
  { store = storage() }: { store?: Pick<Storage, "get"> } = {},
): AsyncGenerator<Record<string, unknown>[], void> {
  for (const environment of ["live", "test"] as const) {
    let after: string | undefined;
    do {
      const rows = await db.requestArchive.findMany({
        where: {
          orgId,
          environment,
          storedAt: { not: null },
          ...(after !== undefined && { firstId: { gt: after } }),
        },
        orderBy: { firstId: "asc" },
        take: AT_ONCE,
      });
      for (const row of rows) {
        const object = await store.get(objectOf(orgId, row.id));
        if (object === undefined) continue;
        const deleted = new Set<unknown>(row.deletedIds);
        const lines = await unpack(db, row, object.body);
        const requests: Record<string, unknown>[] = lines.map((line) => JSON.parse(line));
        yield requests.filter(({ id }) => !deleted.has(id));
      }
      after = rows.length < AT_ONCE ? undefined : rows.at(-1)?.firstId;
    } while (after !== undefined);
  }
}
