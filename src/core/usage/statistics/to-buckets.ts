import { endpointNames } from "../../../shared/endpoints";
import { decryptPeople } from "../../accounts";
import { nameKeys } from "../../keys";
import { type Db, type Principal, SECOND, toPublicId } from "../../platform";
import type { UsageBucket, UsageGroup, UsageQuery } from "../schemas";
import { addLatencies, latencyOf } from "./latency";
import type { UsageCell } from "./read-usage-cells";
import { NIL } from "./usage-sql";

/** The cells of a query in the API's shape, with names for groups. */
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

const endpointLabels: ReadonlyMap<string, string> = new Map(Object.entries(endpointNames));

export interface GroupName {
  id: string;
  label: string;
}

/** Public ids and names for the groups' stored values. Members' names only for callers who may see them. */
export async function labelGroups(
  db: Db,
  { principal, group, values }: { principal: Principal; group: UsageGroup; values: readonly string[] },
): Promise<Map<string, GroupName>> {
  const named = await namesOf(
    db,
    principal,
    group,
    values.filter((value) => value !== NIL),
  );
  return new Map(values.map((value) => [value, named(value)]));
}

async function namesOf(
  db: Db,
  principal: Principal,
  group: UsageGroup,
  values: readonly string[],
): Promise<(value: string) => GroupName> {
  if (group === "model" || group === "status") return (value) => ({ id: value, label: value });
  if (group === "endpoint") return (value) => ({ id: value, label: endpointLabels.get(value) ?? value });
  if (group === "api_key") {
    const names = await nameKeys(db, { orgId: principal.orgId, keyIds: values });
    return (value) => named(value, "key", names.get(value), "Without a key");
  }
  const people = principal.scopes.has("members:read") ? await decryptPeople(db, values) : new Map();
  return (value) => named(value, "usr", people.get(value)?.name, "No member");
}

function named(value: string, prefix: "key" | "usr", name: string | undefined, none: string): GroupName {
  if (value === NIL) return { id: "none", label: none };
  const id = toPublicId(prefix, value);
  return { id, label: name ?? id };
}
