import { describe, expect, it } from "vitest";
import { until } from "../../../../infra/testing/until";
import { newId, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import { recordLedger } from "..";
import { chainOf, intruder } from "../testing/chains";
import { faultsOf } from "../testing/check-proof";
import { batchesOf, proofOf, record, settle, settleAndRecord, verify } from "../testing/ledger-batches";

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
    let written: () => void = () => undefined;
    const wrote = new Promise<void>((resolve) => {
      written = resolve;
    });
    const writing = db().$transaction(
      async (tx) => {
        const late = newId();
        await tx.$executeRaw`INSERT INTO usage_ledger (request_id, created_at, org_id, environment, model, provider, upstream_model, status,
          billable, price_version, latency_ms, settled_at) VALUES (${late}::uuid, uuid_v7_time(${late}::uuid), ${orgId}::uuid, 'live', 'm', 'openai',
          'm', 'failed', false, 'v', 1, now())`;
        written();
        await open;
      },
      { timeout: 60_000, maxWait: 20_000 },
    );
    // The transaction has its number from now on, and whatever begins later has a higher one.
    await Promise.race([wrote, writing]);
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
