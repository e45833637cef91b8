import { describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { createKey } from "../../keys";
import { DAY, fromPublicId, newId, SECOND, timeOfId, toPublicId, type UserPrincipal } from "../../platform";
import { db } from "../../platform/db/client";
import { maintainPartitions } from "../../platform/db/partitions";
import { evidenceStorage } from "../../platform/storage";
import {
  type AuditEntryView,
  adminReport,
  exportAudit,
  exportAuditInputSchema,
  getAuditEntry,
  listAudit,
  listOperatorAudit,
  moveAuditWeeks,
  operatorDeeds,
  operatorDeedsInputSchema,
  operatorSignIns,
  operatorSignInsInputSchema,
  proveLedgerRow,
  readAuditArchives,
  readEntriesAfter,
  signInReport,
  verifyAuditChain,
} from "..";
import { objectOf } from "../archives/objects/archive-object";
import { BATCH_OF_LEDGER_ROWS, draftBatch, signBatch } from "../batches/batch";
import { ledgerText } from "../batches/ledger-record";
import { faultsOf } from "../testing/check-proof";
import { anotherWeek, append, keyCreated, madeAt, makeWeek, pastCalls, pastChain } from "../testing/past-log";
import { owner } from "../verify/testing/chains";

const idOf = (publicId: string) => fromPublicId("aud", publicId);
const move = async () => {
  expect(await moveAuditWeeks(db(), { limits: { rows: 3, bytes: 1_000_000 } })).toMatchObject({ failed: 0 });
};
const principal = (orgId: string): UserPrincipal => ({ ...somebody, orgId });
const somebody = await makeUser({ verified: true }).then(({ claims }) => principalOf(claims));

async function exported(
  orgId: string,
  given: object = {},
  as = principal(orgId),
  most?: number,
): Promise<AuditEntryView[]> {
  const file = await exportAudit(db(), {
    principal: as,
    format: "jsonl",
    input: exportAuditInputSchema.parse(given),
    ...(most !== undefined && { most }),
  });
  let text = "";
  for await (const piece of file.pieces) text += piece;
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .filter(({ action }) => action !== "data.audit_exported");
}

/** Two weeks of entries and calls, and something of today. */
async function log(): Promise<{ orgId: string; weeks: Date[] }> {
  const orgId = newId();
  const weeks = [anotherWeek(), anotherWeek()];
  for (const at of weeks) {
    await pastChain(db(), { at, orgId, count: 5 });
    await append(db(), [
      madeAt(
        { orgId, actor: { type: "anonymous", id: null }, action: "company.sign_in_refused" },
        new Date(at.getTime() + 9 * SECOND),
      ),
    ]);
    await pastCalls(db(), { at, orgId, count: 4 });
  }
  await append(db(), [madeAt(keyCreated(orgId), new Date()), madeAt(keyCreated(orgId), new Date())]);
  return { orgId, weeks };
}

describe("entries that were moved", () => {
  it("are exported as before, whatever is filtered by, in both orders and across the border", async () => {
    const { orgId, weeks } = await log();
    const [first = new Date()] = weeks;
    const cases = [
      {},
      { order: "asc" },
      { requests: false },
      { kind: "key" },
      { action: "api.request" },
      { action: "api.requests_recorded" },
      { outcome: "failed" },
      { outcome: "succeeded", requests: false },
      { target_type: "key" },
      { created: { lt: new Date(first.getTime() + 3 * DAY).toISOString() } },
      { created: { gte: new Date(first.getTime() + 2 * SECOND).toISOString() }, order: "asc" },
    ];
    const before = [];
    for (const given of cases) before.push(await exported(orgId, given));
    expect(before[0]).toHaveLength(2 * 10 + 2);
    await move();
    expect(await db().auditLog.count({ where: { orgId, action: "key.created" } })).toBe(2);
    for (const [index, given] of cases.entries())
      expect(await exported(orgId, given), JSON.stringify(given)).toEqual(before[index]);
  });

  it("of the other environment's keys stay hidden from a key", async () => {
    const { orgId } = somebody;
    const { id } = await createKey(db(), { principal: somebody, input: { name: "K", environment: "live" } });
    const calls = await pastCalls(db(), {
      at: anotherWeek(),
      orgId,
      keyId: fromPublicId("key", id),
      count: 1,
    });
    const seen = async (environment: "live" | "test") =>
      await getAuditEntry(db(), { orgId, environment, id: calls[0]?.id ?? "" }).then(
        ({ action }) => action,
        ({ code }) => code,
      );
    expect([await seen("live"), await seen("test")]).toEqual(["api.request", "not_found"]);
    await move();
    expect([await seen("live"), await seen("test")]).toEqual(["api.request", "not_found"]);
  });

  it("count towards the most that an export holds, by what the filters select of them", async () => {
    const { orgId } = await log();
    await move();
    expect(await exported(orgId, {}, principal(orgId), 23)).toHaveLength(22);
    await expect(exported(orgId, {}, principal(orgId), 12)).rejects.toMatchObject({
      code: "invalid_request",
    });
    expect(await exported(orgId, { outcome: "failed", requests: false }, principal(orgId), 3)).toHaveLength(
      2,
    );
  });

  it("are found by their IDs with the same hashes, calls too, and by nobody else", async () => {
    const { orgId } = await log();
    const ids = (await exported(orgId)).map(({ id }) => id);
    const get = (id: string) => getAuditEntry(db(), { orgId, environment: "all", id: idOf(id) });
    const before = [];
    for (const id of ids) before.push(await get(id));
    await move();
    for (const [index, id] of ids.entries()) expect(await get(id)).toEqual(before[index]);
    await expect(
      getAuditEntry(db(), { orgId: newId(), environment: "all", id: idOf(ids.at(-1) ?? "") }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(get(toPublicId("aud", newId(new Date("2022-01-05"))))).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("are not listed, and the list and the reports say from when on they are", async () => {
    const { orgId, weeks } = await log();
    await move();
    const list = await listAudit(db(), { orgId, environment: "all", limit: 100, requests: true });
    expect(list.data).toHaveLength(2);
    const reachesBack = Date.parse(list.reaches_back_to ?? "");
    expect(reachesBack).toBeGreaterThan((weeks.at(-1) ?? new Date()).getTime());
    expect(reachesBack).toBeLessThanOrEqual(Date.now() - 400 * DAY);
    const from = new Date(reachesBack - SECOND).toISOString();
    const to = new Date(reachesBack + SECOND).toISOString();
    for (const report of [signInReport, adminReport])
      await expect(report(db(), { orgId, input: { from, to } })).rejects.toThrow("Reports reach back to");
    await signInReport(db(), { orgId, input: {} });

    // Over all organizations for operators, alike.
    const operatorId = newId();
    const audit = await listOperatorAudit(db(), { operatorId, input: { limit: 10 } });
    expect(audit.reaches_back_to).toBe(list.reaches_back_to);
    const reports = [
      (input: object) =>
        operatorSignIns(db(), { operatorId, input: operatorSignInsInputSchema.parse(input) }),
      (input: object) => operatorDeeds(db(), { operatorId, input: operatorDeedsInputSchema.parse(input) }),
    ];
    for (const report of reports) {
      expect((await report({})).reaches_back_to).toBe(list.reaches_back_to);
      await expect(report({ from, to })).rejects.toThrow("Reports reach back to");
    }
  });

  it("reach a stream that has been behind since then, each in its turn", async () => {
    const { orgId } = await log();
    const before = await readEntriesAfter(db(), { orgId, after: 2n, limit: 100 });
    await move();
    const after: AuditEntryView[] = [];
    for (;;) {
      const page = await readEntriesAfter(db(), {
        orgId,
        after: BigInt(after.at(-1)?.sequence ?? 2),
        limit: 4,
      });
      after.push(...page);
      if (page.length < 4) break;
    }
    expect(after).toEqual(before);
    expect(after).toHaveLength(14);
  });

  it("are in the export of their organization", async () => {
    const { orgId } = await log();
    await move();
    const rows: Record<string, unknown>[] = [];
    for await (const page of readAuditArchives(db(), orgId)) rows.push(...page);
    expect(rows.filter(({ action }) => action === "api.request")).toHaveLength(8);
    expect(rows).toHaveLength(2 * 7 + 8);
  });

  it("that cannot be read end the export: no file is shorter than it seems", async () => {
    const { orgId } = await log();
    await move();
    const [manifest] = await db().auditArchive.findMany({ where: { chainId: orgId, source: "audit_logs" } });
    if (manifest === undefined) throw new Error("nothing was moved");
    await evidenceStorage().delete(objectOf(manifest));
    await expect(exported(orgId)).rejects.toMatchObject({ code: "internal_error" });
  });
});

describe("receipts whose batch was moved", () => {
  it("are proven from its object, and a ledger row that is in no batch is still found", async () => {
    const orgId = newId();
    const at = anotherWeek();
    await makeWeek(db(), at);
    await maintainPartitions(db(), [{ table: "usage_ledger", period: "month", ahead: 1 }], { now: () => at });
    const settle = async (seconds: number) => {
      const requestId = newId(new Date(at.getTime() + seconds * SECOND));
      await owner.query(
        `INSERT INTO usage_ledger (request_id, created_at, org_id, environment, endpoint, model, provider, upstream_model, status, billable,
           input_tokens, output_tokens, price_version, cost_micros, latency_ms, attempts, settled_at, settled_xid)
         VALUES ($1, $2, $3, 'live', '/v1/chat/completions', 'gpt-4o', 'openai', 'gpt-4o', 'completed', true, 10, 5, 'p', 7, 12, '[]', $2, 1)`,
        [requestId, timeOfId(requestId), orgId],
      );
      return requestId;
    };
    const record = async (requestId: string, seconds: number) => {
      const { rows } = await owner.query(
        `SELECT u.request_id AS id, ${ledgerText} AS text FROM usage_ledger u WHERE request_id = $1`,
        [requestId],
      );
      const draft = draftBatch(orgId, BATCH_OF_LEDGER_ROWS, rows);
      await append(db(), [signBatch({ ...draft, id: newId(new Date(at.getTime() + seconds * SECOND)) })]);
    };
    const first = await settle(0);
    await record(first, 1);
    const second = await settle(2);
    await record(second, 3);
    await move();
    const proof = await proveLedgerRow(db(), { orgId, environment: "all", requestId: second });
    expect(faultsOf(proof, proof.public_key)).toEqual([]);
    expect((await verifyAuditChain(db(), { orgId })).fault).toBeUndefined();
    await settle(4);
    expect((await verifyAuditChain(db(), { orgId })).fault).toMatchObject({ kind: "inserted" });
  });
});
