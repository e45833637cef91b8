import { beforeAll, describe, expect, it } from "vitest";
import { fromPublicId, newId, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import {
  type AuditAction,
  listAudit,
  operatorDeeds,
  operatorDeedsInputSchema,
  operatorSignIns,
  operatorSignInsInputSchema,
  recordAuditIn,
} from "..";
import "../testing/chains";

const operatorId = newId();
const [ada, bo] = [newId(), newId()];
/** The oldest first. */
const orgs = [newId(), newId(), newId()];
const [first = "", second = "", third = ""] = orgs;

type Deed = [action: AuditAction, by: string, details?: Record<string, string | boolean>];

async function record(orgId: string | null, type: "user" | "operator", ...deeds: Deed[]): Promise<void> {
  const entries = deeds.map(([action, id, details = {}]) => ({
    orgId,
    actor: { type, id },
    action,
    details,
  }));
  await db().$transaction((tx) => recordAuditIn(tx, ...entries));
}

beforeAll(async () => {
  await record(
    first,
    "user",
    ["auth.logged_in", ada, { method: "password", factor: "authenticator" }],
    ["auth.logged_in", ada, { method: "passkey", factor: "passkey", new_device: true }],
    ["auth.logged_in", bo, { method: "password" }],
    ["company.sign_in_refused", bo],
    ["member.role_changed", ada],
    ["member.role_changed", bo],
    ["key.created", ada],
    ["data.usage_read", ada],
  );
  await record(second, "user", ["auth.logged_in", bo, { method: "company" }]);
  await record(second, "operator", ["org.plan_overridden", operatorId]);
  await record(third, "user", ["key.revoked", bo]);
  await record(null, "user", ["auth.logged_in", ada, { method: "password" }], ["key.created", ada]);
});

const signIns = (input: object = {}) =>
  operatorSignIns(db(), { operatorId, input: operatorSignInsInputSchema.parse(input) });
const deeds = (input: object = {}) =>
  operatorDeeds(db(), { operatorId, input: operatorDeedsInputSchema.parse(input) });
const mine = <Line extends { organization_id: string }>(lines: readonly Line[]) =>
  lines.filter(({ organization_id }) => orgs.includes(fromPublicId("org", organization_id)));
const nameOf = (orgId: string) => toPublicId("org", orgId);
/** Without those that the reports of these tests leave. */
const linesOf = async (input: object = {}) =>
  mine((await deeds(input)).data)
    .filter(({ action }) => action !== "operator.report_listed")
    .map(({ organization_id, by, action, actors, times }) => [organization_id, by, action, actors, times]);

describe("the sign-in report over all organizations", () => {
  it("has a line for each with a sign-in, the newest first, and none of the system's chain", async () => {
    const { data } = await signIns();
    expect(mine(data).map(({ last_at, ...line }) => line)).toEqual([
      {
        organization_id: nameOf(second),
        people: 1,
        sign_ins: 1,
        with_second_factor: 0,
        new_devices: 0,
        failed: 0,
      },
      {
        organization_id: nameOf(first),
        people: 2,
        sign_ins: 3,
        with_second_factor: 2,
        new_devices: 1,
        failed: 1,
      },
    ]);
  });

  it("is narrowed to a method, an organization and a period", async () => {
    expect(mine((await signIns({ method: "password" })).data)).toMatchObject([
      { organization_id: nameOf(first), sign_ins: 2, failed: 0 },
    ]);
    expect((await signIns({ organization_id: nameOf(second) })).data).toMatchObject([
      { organization_id: nameOf(second) },
    ]);
    expect(mine((await signIns({ to: new Date(Date.now() - 600_000).toISOString() })).data)).toEqual([]);
    await expect(signIns({ from: "2024-01-01T00:00:00Z" })).rejects.toMatchObject({
      code: "invalid_request",
    });
  });

  it("comes page by page, each line once, and a cursor of another filter is refused", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await signIns({ limit: 1, ...(cursor !== undefined && { cursor }) });
      seen.push(...page.data.map(({ organization_id }) => organization_id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => [nameOf(first), nameOf(second)].includes(id))).toEqual([
      nameOf(second),
      nameOf(first),
    ]);
    const { next_cursor } = await signIns({ limit: 1 });
    await expect(signIns({ limit: 1, method: "company", cursor: next_cursor })).rejects.toMatchObject({
      code: "invalid_cursor",
    });
  });
});

describe("the admin report over all organizations", () => {
  it("has a line for each organization, kind of actor and action, and no everyday deed", async () => {
    expect(await linesOf()).toEqual([
      [nameOf(third), "user", "key.revoked", 1, 1],
      [nameOf(second), "operator", "org.plan_overridden", 1, 1],
      [nameOf(first), "user", "member.role_changed", 2, 2],
      [nameOf(first), "user", "key.created", 1, 1],
      [nameOf(first), "user", "company.sign_in_refused", 1, 1],
    ]);
    expect(await linesOf({ by: "operator", kind: "org" })).toEqual([
      [nameOf(second), "operator", "org.plan_overridden", 1, 1],
    ]);
    expect(await linesOf({ kind: "key" })).toHaveLength(2);
    expect((await deeds({ kind: "auth" })).data).toEqual([]);
  });

  it("comes page by page, also where one organization fills several", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await deeds({
        limit: 2,
        organization_id: nameOf(first),
        ...(cursor !== undefined && { cursor }),
      });
      seen.push(...page.data.map(({ action }) => action));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.filter((action) => !action.startsWith("operator."))).toEqual([
      "member.role_changed",
      "key.created",
      "company.sign_in_refused",
    ]);
  });
});

it("each organization that a report shows has it in its own log, and one that it doesn't show has not", async () => {
  const reads = async (orgId: string) =>
    (
      await listAudit(db(), {
        orgId,
        environment: "all",
        requests: false,
        order: "desc",
        action: "operator.report_listed",
        limit: 100,
      })
    ).data;
  const before = [await reads(second), await reads(third)].map(({ length }) => length);
  await signIns({ organization_id: nameOf(second) });
  const after = [await reads(second), await reads(third)];
  expect(after.map(({ length }) => length)).toEqual([(before[0] ?? 0) + 1, before[1]]);
  expect(after[0]?.[0]).toMatchObject({ actor: { type: "operator", id: toPublicId("usr", operatorId) } });
});
