import { decryptPeople } from "../../accounts";
import { nameKeys } from "../../keys";
import type { Db } from "../../platform/db/client";
import { toPublicId } from "../../platform/ids";
import type { Principal } from "../../platform/principal";
import type { UsageGroup } from "../schemas";

/** What stands in the statistics for "no key" and "no member". */
export const NIL = "00000000-0000-0000-0000-000000000000";

export interface GroupName {
  id: string;
  label: string;
}

/** Public ids and names of groups, by the values that the statistics hold. Names of people only for who may see them. */
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
