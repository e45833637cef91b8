import { describe, expect, it } from "vitest";
import { z } from "zod";
import { newId, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import { auditListSchema, flushAudit, listAudit, listAuditInputSchema, recordCall } from "..";
import { chainOf, intruder } from "../testing/chains";
import { isSignedTogether } from "../testing/check-proof";
import { batchesOf, proofOf, settleAndRecord, verify } from "../testing/ledger-batches";

const detailsOf = ({ details }: { details: unknown }) => z.record(z.string(), z.unknown()).parse(details);
const signatureOf = (details: unknown) => detailsOf({ details }).signature;

const actor = { type: "key", id: newId() } as const;
function call(orgId: string, n: number): void {
  recordCall({
    orgId,
    actor,
    traceId: `req_${n}`,
    details: { route: "/v1/chat/completions", status: 200, n },
  });
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
