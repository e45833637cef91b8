import { describe, expect, it } from "vitest";
import { rowsRead } from "../../../../infra/testing/rows-read";
import { newId, type Principal, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import { boundsOf } from "../../platform/list";
import {
  type AuditAction,
  type AuditEntryView,
  type AuditFilter,
  exportAudit,
  exportAuditInputSchema,
  flushAudit,
  getAuditEntry,
  listAudit,
  listAuditInputSchema,
  recordAuditIn,
  recordCall,
} from "..";
import { intruder } from "../testing/chains";
import { pageSql } from "./read-entries";

const ada = newId();
const key = newId();

/** A log of a bit of everything, newest last. */
async function logOf(orgId: string): Promise<void> {
  const deeds: [
    AuditAction,
    { type: "user" | "key"; id: string },
    { type: "key" | "session"; id: string } | undefined,
  ][] = [
    ["key.created", { type: "user", id: ada }, { type: "key", id: key }],
    ["key.revoked", { type: "user", id: ada }, { type: "key", id: newId() }],
    ["auth.logged_in", { type: "user", id: ada }, { type: "session", id: newId() }],
    ["company.sign_in_refused", { type: "user", id: newId() }, undefined],
    ["data.usage_read", { type: "key", id: key }, undefined],
    ["member.role_changed", { type: "user", id: newId() }, undefined],
  ];
  for (let round = 0; round < 4; round++) {
    await db().$transaction((tx) =>
      recordAuditIn(
        tx,
        ...deeds.map(([action, actor, target]) => ({ orgId, actor, action, target, details: { round } })),
      ),
    );
    for (const status of [200, 403]) {
      recordCall({ orgId, actor: { type: "key", id: key }, details: { method: "GET", route: "/x", status } });
    }
    await flushAudit();
  }
}

const input = (given: object) => listAuditInputSchema.parse(given);

async function everything(orgId: string, given: object): Promise<AuditEntryView[]> {
  const all: AuditEntryView[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAudit(db(), {
      orgId,
      environment: "all",
      ...input({ limit: 3, ...given, ...(cursor && { cursor }) }),
    });
    all.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

const isBatch = ({ action }: AuditEntryView) =>
  action === "api.requests_recorded" || action === "usage.recorded";

describe("the filters of the audit log", () => {
  it("select exactly what they name, alone and together, each entry once from page to page", async () => {
    const orgId = newId();
    await logOf(orgId);
    const whole = await everything(orgId, {});
    expect(whole).toHaveLength(4 * 8);
    const usr = toPublicId("usr", ada);
    const keyId = toPublicId("key", key);
    const kind = (name: string) => (entry: AuditEntryView) => entry.action.startsWith(`${name}.`);
    const cases: [object, (entry: AuditEntryView) => boolean][] = [
      [{ requests: false }, ({ action }) => action !== "api.request"],
      [{ kind: "key" }, kind("key")],
      [{ kind: "api" }, kind("api")],
      [{ action: "api.request" }, kind("api")],
      [{ action: "auth.logged_in" }, kind("auth")],
      [{ outcome: "failed" }, ({ outcome }) => outcome === "failed"],
      [{ outcome: "succeeded" }, ({ outcome }) => outcome === "succeeded"],
      [{ outcome: "failed", requests: false }, kind("company")],
      [
        { outcome: "failed", kind: "api" },
        ({ action, details }) => action === "api.request" && details.status === 403,
      ],
      [{ outcome: "failed", kind: "key" }, () => false],
      [{ actor: usr }, ({ actor }) => actor.id === usr],
      [{ actor: keyId }, ({ actor }) => actor.id === keyId],
      [{ target: keyId }, ({ target }) => target?.id === keyId],
      [{ target_type: "session" }, ({ target }) => target?.type === "session"],
      [{ actor: usr, kind: "key", target: keyId }, ({ action }) => action === "key.created"],
    ];
    for (const [filter, matches] of cases) {
      expect(await everything(orgId, filter), JSON.stringify(filter)).toEqual(whole.filter(matches));
      expect(await everything(orgId, { ...filter, order: "asc" })).toEqual(whole.filter(matches).reverse());
    }
    expect((await everything(orgId, { action: "api.requests_recorded" })).every(isBatch)).toBe(true);
  });

  it("read few rows of a large log, whatever they name", async () => {
    const orgId = newId();
    const rare = newId();
    // Past the chain: only the planner looks at these.
    await intruder.query(
      `INSERT INTO audit_logs (id, created_at, org_id, sequence, actor_type, actor_id, action, target_type, target_id, details, prev_hash, hash)
       SELECT uuidv7(), now() - n * interval '1 ms', $1, -n, 'user', CASE n WHEN 29000 THEN $2::uuid ELSE $3 END,
         CASE n WHEN 29500 THEN 'key.revoked' ELSE 'data.usage_read' END, CASE n WHEN 29900 THEN 'role' ELSE 'inference' END,
         CASE n WHEN 29700 THEN $2::uuid ELSE $3 END, '{}', '', ''
       FROM generate_series(1, 30000) n`,
      [orgId, rare, newId()],
    );
    await intruder.query("ANALYZE audit_logs");
    const filters: Partial<AuditFilter>[] = [
      {},
      { action: "key.revoked" },
      { kind: "key" },
      { outcome: "failed" },
      { actor: rare },
      { target: rare },
      { target_type: "role" },
      { kind: "key", actor: rare },
    ];
    for (const filter of filters) {
      const sql = pageSql(
        { orgId, environment: "all", filter: { requests: false, ...filter } },
        boundsOf({ limit: 50 }, undefined),
      );
      expect(await rowsRead(db(), sql), JSON.stringify(filter)).toBeLessThan(1_000);
    }
    await intruder.query("DELETE FROM audit_logs WHERE org_id = $1", [orgId]);
  });
});

describe("one entry", () => {
  it("shows its place in the chain, and a call the entry of its batch", async () => {
    const orgId = newId();
    await logOf(orgId);
    const [event] = await everything(orgId, { action: "key.created" });
    const [call] = await everything(orgId, { action: "api.request" });
    const [batch] = await everything(orgId, { action: "api.requests_recorded" });
    const read = async (id: string | undefined, of = orgId) => {
      const { getAuditEntryInputSchema } = await import("..");
      return await getAuditEntry(db(), {
        orgId: of,
        environment: "all",
        ...getAuditEntryInputSchema.parse({ id }),
      });
    };
    const { rows } = await intruder.query(
      "SELECT encode(hash, 'hex') AS hash, encode(prev_hash, 'hex') AS prev_hash FROM audit_logs WHERE org_id = $1 AND sequence = $2",
      [orgId, event?.sequence],
    );
    expect(await read(event?.id)).toEqual({ ...event, chain: { ...rows[0], batch_id: null } });
    expect(await read(call?.id)).toMatchObject({ ...call, chain: { batch_id: batch?.id } });
    await expect(read(event?.id, newId())).rejects.toMatchObject({ code: "not_found" });
    await expect(read(call?.id, newId())).rejects.toMatchObject({ code: "not_found" });
  });
});

const principalOf = (orgId: string): Principal =>
  ({
    kind: "user",
    userId: ada,
    orgId,
    role: "owner",
    scopes: new Set(["audit:read", "requests:read_all"]),
  }) as never;

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

describe("an export of the audit log", () => {
  const exportOf = (orgId: string, given: object, format: "csv" | "jsonl", most?: number) =>
    exportAudit(db(), {
      principal: principalOf(orgId),
      format,
      input: exportAuditInputSchema.parse(given),
      ...(most !== undefined && { most }),
    });

  it("holds what the filters select, whole and in order, in either form", async () => {
    const orgId = newId();
    await logOf(orgId);
    const selected = await everything(orgId, { kind: "key" });
    const lines = (await textOf((await exportOf(orgId, { kind: "key" }, "jsonl")).pieces)).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(selected);
    const csv = (await textOf((await exportOf(orgId, { kind: "key" }, "csv")).pieces)).trim().split("\r\n");
    expect(csv).toHaveLength(selected.length + 1);
    expect(csv[1]?.split(",").slice(0, 4)).toEqual([
      selected[0]?.id,
      String(selected[0]?.sequence),
      selected[0]?.created_at,
      selected[0]?.action,
    ]);
  });

  it("is recorded with its filters before anything of it is read", async () => {
    const orgId = newId();
    await logOf(orgId);
    await exportOf(orgId, { kind: "key", outcome: "succeeded" }, "jsonl");
    const [entry] = await everything(orgId, { action: "data.audit_exported" });
    expect(entry).toMatchObject({
      actor: { type: "user", id: toPublicId("usr", ada) },
      details: { format: "jsonl", kind: "key", outcome: "succeeded" },
    });
  });

  it("is refused whole where it selects too much, rather than cut off", async () => {
    const orgId = newId();
    await logOf(orgId);
    await expect(exportOf(orgId, { kind: "key" }, "csv", 7)).rejects.toMatchObject({
      code: "invalid_request",
    });
    expect(await everything(orgId, { action: "data.audit_exported" })).toEqual([]);
    expect(await textOf((await exportOf(orgId, { kind: "key" }, "csv", 8)).pieces)).toContain("key.created");
  });
});
