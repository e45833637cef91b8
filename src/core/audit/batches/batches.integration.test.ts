import { describe, expect, it } from "vitest";
import { z } from "zod";
import { until } from "../../../../infra/testing/until";
import { newId, timeOfId, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import {
  auditListSchema,
  flushAudit,
  listAudit,
  listAuditInputSchema,
  proveLedgerRow,
  recordCall,
  recordLedger,
  verifyAuditChain,
} from "..";
import { chainOf, intruder } from "../testing/chains";
import { faultsOf, isSignedTogether } from "../testing/check-proof";

/** An ended call in the ledger, as its settlement writes it. */
async function settle(orgId: string, count: number, costMicros = 7n): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await db().usageLedger.createMany({
    data: ids.map((requestId) => ({
      requestId,
      createdAt: timeOfId(requestId),
      orgId,
      environment: "live" as const,
      endpoint: "/v1/chat/completions",
      model: "gpt-4o",
      provider: "openai",
      upstreamModel: "gpt-4o-2024-08-06",
      status: "completed" as const,
      billable: true,
      inputTokens: 10n,
      outputTokens: 5n,
      priceVersion: "gpt-4o@2024-10-01",
      costMicros,
      latencyMs: 12,
      attempts: [{ model: "gpt-4o", provider: "openai", outcome: "ok", ms: 1.5 }],
      settledAt: new Date(),
    })),
  });
  return ids;
}

/** Until so many of an organization's rows are in batches: transactions of other databases of the server hold it up too. */
async function record(orgId: string, count: number): Promise<void> {
  await until(async () => {
    await recordLedger(db());
    const batches = await batchesOf(orgId, "usage.recorded");
    return batches.reduce((sum, { details }) => sum + detailsSchema.parse(details).count, 0) >= count;
  }, 20_000);
}

const detailsSchema = z.object({ count: z.number() });
const detailsOf = ({ details }: { details: unknown }) => z.record(z.string(), z.unknown()).parse(details);
const signatureOf = (details: unknown) => detailsOf({ details }).signature;
const verify = (orgId: string) => verifyAuditChain(db(), { orgId });
const proofOf = (orgId: string, requestId: string) =>
  proveLedgerRow(db(), { orgId, environment: "all", requestId });
const batchesOf = (orgId: string, action: string) =>
  db().auditLog.findMany({ where: { orgId, action }, orderBy: { sequence: "asc" } });

const actor = { type: "key", id: newId() } as const;
function call(orgId: string, n: number): void {
  recordCall({
    orgId,
    actor,
    traceId: `req_${n}`,
    details: { route: "/v1/chat/completions", status: 200, n },
  });
}

describe("ledger rows", () => {
  it("are in exactly one batch each, and anybody can check the proof of each with the public key alone", async () => {
    const [orgId, other] = [newId(), newId()];
    const ids = [...(await settle(orgId, 5)), ...(await settle(other, 1))].slice(0, 5);
    await record(orgId, 5);
    ids.push(...(await settle(orgId, 2)));
    await chainOf(2, orgId);
    await record(orgId, 7);
    const batches = await batchesOf(orgId, "usage.recorded");
    expect(batches.map(({ details }) => details)).toMatchObject([{ count: 5 }, { count: 2 }]);
    const { public_key: publicKey } = await proofOf(other, (await settleAndRecord(other, 1, 2))[0] as string);
    for (const id of ids) {
      const proof = await proofOf(orgId, id);
      expect(proof.id).toBe(toPublicId("inf", id));
      expect(JSON.parse(proof.record)).toContain(id);
      expect(faultsOf(proof, publicKey)).toEqual([]);
      expect(faultsOf({ ...proof, record: proof.record.replace(", 7,", ", 8,") }, publicKey)).toEqual([
        "root",
      ]);
      const headless = { ...proof, head: { ...proof.head, hash: proof.entry.hash.replace(/./, "x") } };
      expect(faultsOf(headless, publicKey)).toEqual(["head"]);
    }
    expect(await verify(orgId)).toMatchObject({ rows: 4, fault: undefined });
  });

  it("whose transaction is still open are left for the next batch, and those behind it too", async () => {
    const orgId = newId();
    let commit: () => void = () => undefined;
    const open = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let late = "";
    const writing = db().$transaction(
      async (tx) => {
        late = newId();
        await tx.$executeRaw`INSERT INTO usage_ledger (request_id, created_at, org_id, environment, model, provider, upstream_model, status,
          billable, price_version, latency_ms, settled_at) VALUES (${late}::uuid, uuid_v7_time(${late}::uuid), ${orgId}::uuid, 'live', 'm', 'openai',
          'm', 'failed', false, 'v', 1, now())`;
        await open;
      },
      { timeout: 20_000 },
    );
    while (late === "") await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [after] = await settle(orgId, 1);
    await recordLedger(db());
    expect(await batchesOf(orgId, "usage.recorded")).toEqual([]);
    await expect(proofOf(orgId, after as string)).rejects.toMatchObject({ code: "conflict" });
    commit();
    await writing;
    await record(orgId, 2);
    expect(await batchesOf(orgId, "usage.recorded")).toMatchObject([{ details: { count: 2 } }]);
    expect((await verify(orgId)).fault).toBeUndefined();
  });

  it("are recorded once where many record at once, or one is cut off before its commit", async () => {
    const orgId = newId();
    await settle(orgId, 40);
    await intruder.query("ALTER TABLE audit_chains RENAME TO audit_chains_away");
    try {
      // Until then the rows are held up by transactions of other databases of the server.
      await until(() =>
        recordLedger(db()).then(
          () => false,
          () => true,
        ),
      );
    } finally {
      await intruder.query("ALTER TABLE audit_chains_away RENAME TO audit_chains");
    }
    await Promise.all(Array.from({ length: 6 }, () => recordLedger(db())));
    await record(orgId, 40);
    const batches = await batchesOf(orgId, "usage.recorded");
    expect(batches).toMatchObject([{ details: { count: 40 } }]);
    expect((await verify(orgId)).fault).toBeUndefined();
  });

  it("of another organization are not found", async () => {
    const [id] = await settleAndRecord(newId());
    await expect(proofOf(newId(), id as string)).rejects.toMatchObject({ code: "not_found" });
  });

  it.each<[string, (id: string, other: string) => [string, unknown[]], string]>([
    [
      "a changed cost",
      (id) => ["UPDATE usage_ledger SET cost_micros = 1 WHERE request_id = $1", [id]],
      "is not what was recorded",
    ],
    ["a row taken out", (id) => ["DELETE FROM usage_ledger WHERE request_id = $1", [id]], "is missing"],
    [
      "two rows that changed places",
      (id, other) => [
        `UPDATE usage_ledger u SET input_tokens = o.input_tokens, cost_micros = o.cost_micros, settled_at = o.settled_at + interval '1 ms'
         FROM usage_ledger o WHERE u.request_id IN ($1, $2) AND o.request_id IN ($1, $2) AND u.request_id <> o.request_id`,
        [id, other],
      ],
      "is not what was recorded",
    ],
  ])("name %s", async (_what, tamper, message) => {
    const orgId = newId();
    const [, id, other] = (await settleAndRecord(orgId, 4)) as [string, string, string];
    const [text, values] = tamper(id, other);
    await intruder.query(text, values);
    const { fault } = await verify(orgId);
    expect(fault?.message).toBe(`ledger row ${toPublicId("inf", id)} of its batch ${message}`);
  });

  it("that nobody recorded are named, and so are leaves and roots that were changed", async () => {
    const orgId = newId();
    const [first] = await settleAndRecord(orgId, 3);
    const forged = newId();
    await intruder.query(
      `INSERT INTO usage_ledger (request_id, created_at, org_id, environment, model, provider, upstream_model, status, billable, price_version,
         latency_ms, settled_at, settled_xid)
       SELECT $2::uuid, uuid_v7_time($2::uuid), org_id, environment, model, provider, upstream_model, status, billable, price_version, latency_ms,
         now() + interval '1 minute', 0 FROM usage_ledger WHERE request_id = $1`,
      [first, forged],
    );
    expect((await verify(orgId)).fault).toMatchObject({
      kind: "inserted",
      message: `ledger row ${toPublicId("inf", forged)} is in no batch`,
    });
    await intruder.query("DELETE FROM usage_ledger WHERE request_id = $1", [forged]);
    expect((await verify(orgId)).fault).toBeUndefined();

    const where = "WHERE org_id = $1 AND action = 'usage.recorded'";
    await intruder.query(
      `UPDATE audit_logs SET leaves = substring(leaves FROM 49) || substring(leaves FROM 1 FOR 48) ${where}`,
      [orgId],
    );
    expect((await verify(orgId)).fault?.message).toBe("its leaves are not those that its root was made of");
    await intruder.query(
      `UPDATE audit_logs SET leaves = substring(leaves FROM 97) || substring(leaves FROM 1 FOR 96) ${where}`,
      [orgId],
    );
    expect((await verify(orgId)).fault).toBeUndefined();
    await intruder.query(
      `UPDATE audit_logs SET details = jsonb_set(details, '{root}', to_jsonb(repeat('0', 64))) ${where}`,
      [orgId],
    );
    expect((await verify(orgId)).fault).toMatchObject({ kind: "changed", sequence: 1n });
  });
});

async function settleAndRecord(orgId: string, count = 1, inAll = count): Promise<string[]> {
  const ids = await settle(orgId, count);
  await record(orgId, inAll);
  return ids;
}

describe("API calls", () => {
  const list = async (orgId: string, query: object = {}) =>
    auditListSchema.parse(
      await listAudit(db(), { orgId, environment: "all", ...listAuditInputSchema.parse(query) }),
    ).data;

  it("of one interval share one entry, and each is still listed as itself, among the others by its time", async () => {
    const [orgId, other] = [newId(), newId()];
    for (let n = 0; n < 30; n += 1) call(n % 3 === 0 ? other : orgId, n);
    await flushAudit();
    await chainOf(1, orgId);
    expect(await batchesOf(orgId, "api.requests_recorded")).toMatchObject([
      { sequence: 1n, actorType: "system", details: { count: 20 } },
    ]);
    const all = await list(orgId);
    expect(all.map(({ action }) => action)).toEqual(["key.created", ...Array(20).fill("api.request")]);
    expect(all.at(-1)).toMatchObject({
      sequence: 1,
      actor: { type: "key", id: toPublicId("key", actor.id) },
      request_id: "req_1",
      details: { route: "/v1/chat/completions", status: 200, n: 1 },
    });
    expect(await list(orgId, { actor: toPublicId("key", actor.id) })).toHaveLength(20);
    expect(await list(orgId, { action: "api.request" })).toHaveLength(20);
    expect(await list(orgId, { requests: false })).toHaveLength(1);
    expect(await list(orgId, { action: "api.requests_recorded" })).toHaveLength(1);
    expect((await verify(orgId)).fault).toBeUndefined();
  });

  it("of several organizations share one signature, which proves each batch and no changed one", async () => {
    const orgs = [newId(), newId(), newId(), newId(), newId()];
    for (const [n, orgId] of orgs.entries()) call(orgId, n);
    await flushAudit();
    const publicKey = (
      await proofOf(orgs[0] as string, (await settleAndRecord(orgs[0] as string))[0] as string)
    ).public_key;
    const entries = (
      await Promise.all(orgs.map((orgId) => batchesOf(orgId, "api.requests_recorded")))
    ).flat();
    expect(new Set(entries.map(({ details }) => signatureOf(details))).size).toBe(1);
    for (const entry of entries) {
      expect(isSignedTogether(entry, publicKey)).toBe(true);
      const details = detailsOf(entry);
      for (const changed of [
        { ...entry, orgId: newId() },
        { ...entry, id: newId() },
        { ...entry, details: { ...details, count: 2 } },
        { ...entry, details: { ...details, root: "0".repeat(64) } },
        { ...entry, details: { ...details, index: (Number(details.index) + 1) % orgs.length } },
        { ...entry, details: { ...details, path: "" } },
      ])
        expect(isSignedTogether(changed, publicKey)).toBe(false);
    }
  });

  it("that the database refuses are spilled alone", async () => {
    const orgId = newId();
    for (let n = 0; n < 9; n += 1) call(orgId, n);
    recordCall({ orgId, actor: { type: "key", id: "no uuid" }, traceId: "bad", details: {} });
    await flushAudit();
    expect(await db().auditCall.count({ where: { orgId } })).toBe(9);
    expect((await verify(orgId)).fault).toBeUndefined();
  });

  it.each([
    ["changed", "UPDATE audit_calls SET details = '{}' WHERE id = $1", "is not what was recorded"],
    ["removed", "DELETE FROM audit_calls WHERE id = $1", "is missing"],
  ])("that were %s are named", async (kind, tamper, message) => {
    const orgId = newId();
    for (let n = 0; n < 5; n += 1) call(orgId, n);
    await flushAudit();
    const [, second] = await db().auditCall.findMany({ where: { orgId }, orderBy: { id: "asc" } });
    const id = second?.id ?? "";
    await intruder.query(tamper, [id]);
    expect((await verify(orgId)).fault).toMatchObject({
      kind,
      sequence: 1n,
      message: `call ${toPublicId("aud", id)} of its batch ${message}`,
    });
  });

  it("that were put beside a batch, or beside none, are found", async () => {
    for (const sequence of [1, 9]) {
      const orgId = newId();
      call(orgId, 1);
      await flushAudit();
      await intruder.query(
        `INSERT INTO audit_calls SELECT org_id, uuid_v7_time($2::uuid), $2::uuid, $3, actor_type, actor_id, trace_id, details
         FROM audit_calls WHERE org_id = $1`,
        [orgId, newId(), sequence],
      );
      expect((await verify(orgId)).fault).toMatchObject({ kind: "inserted", sequence: BigInt(sequence) });
    }
  });

  it("can be neither changed nor removed by the role that serves", async () => {
    for (const change of [
      "UPDATE audit_calls SET details = ''",
      "DELETE FROM audit_calls",
      "TRUNCATE audit_calls",
    ])
      await expect(db().$executeRawUnsafe(change)).rejects.toThrow("permission denied");
  });
});
