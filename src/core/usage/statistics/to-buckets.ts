import { SECOND } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { Principal } from "../../platform/principal";
import type { UsageBucket, UsageQuery } from "../schemas";
import { labelGroups } from "./label-groups";
import { addLatencies, latencyOf } from "./latency";
import type { UsageCell } from "./read-usage-cells";

/** The cells of a query as customers see them, groups by name. */
export async function toBuckets(
  db: Db,
  { principal, query, cells }: { principal: Principal; query: UsageQuery; cells: readonly UsageCell[] },
): Promise<UsageBucket[]> {
  const names =
    query.group_by === undefined
      ? undefined
      : await labelGroups(db, {
          principal,
          group: query.group_by,
          values: [...new Set(cells.map(({ group }) => group))],
        });
  return cells.map(({ start, group, latencies, measures }) => ({
    start: new Date(start * SECOND).toISOString(),
    group: names?.get(group) ?? null,
    ...measures,
    latency_ms: latencyOf(addLatencies(new Map(), latencies)),
  }));
}
