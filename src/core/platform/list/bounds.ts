import { Prisma } from "../db/generated/prisma/client";
import { timeOfId } from "../ids/ids";
import type { ListOrder, ListQuery } from "./query";

/** The bounds of a page, for tables whose ids are UUIDv7 and whose `created_at` is the time inside the id. */
export interface Bounds {
  order: ListOrder;
  /** One more than the page holds. */
  take: number;
  /** For Prisma: spread into `where`. */
  where: { id?: { lt: string } | { gt: string }; createdAt?: { gte?: Date; lt?: Date } };
  /** For SQL, each starting with AND; empty without bounds. */
  andSql: Prisma.Sql;
  /** `ASC` or `DESC`, behind both columns of the order: `created_at`, `id`. */
  directionSql: Prisma.Sql;
}

export function boundsOf({ limit, order = "desc", created }: ListQuery, after: string | undefined): Bounds {
  return {
    order,
    take: limit + 1,
    where: {
      ...(after === undefined ? {} : { id: order === "desc" ? { lt: after } : { gt: after } }),
      ...(created === undefined
        ? {}
        : {
            createdAt: {
              ...(created.gte === undefined ? {} : { gte: new Date(created.gte) }),
              ...(created.lt === undefined ? {} : { lt: new Date(created.lt) }),
            },
          }),
    },
    andSql: Prisma.join([Prisma.empty, ...conditions(order, created, after)], " "),
    directionSql: order === "desc" ? Prisma.sql`DESC` : Prisma.sql`ASC`,
  };
}

/** The bounds on `created_at` alone prune partitions; the row comparison is exact within a millisecond. */
function* conditions(
  order: ListOrder,
  created: ListQuery["created"],
  after: string | undefined,
): Generator<Prisma.Sql> {
  if (after !== undefined) {
    const at = timeOfId(after).toISOString();
    yield order === "desc"
      ? Prisma.sql`AND created_at <= ${at}::timestamptz AND (created_at, id) < (${at}::timestamptz, ${after}::uuid)`
      : Prisma.sql`AND created_at >= ${at}::timestamptz AND (created_at, id) > (${at}::timestamptz, ${after}::uuid)`;
  }
  if (created?.gte !== undefined) yield Prisma.sql`AND created_at >= ${iso(created.gte)}::timestamptz`;
  if (created?.lt !== undefined) yield Prisma.sql`AND created_at < ${iso(created.lt)}::timestamptz`;
}

function iso(instant: string): string {
  return new Date(instant).toISOString();
}
