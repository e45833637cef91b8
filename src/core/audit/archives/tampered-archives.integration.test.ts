import { describe, expect, it } from "vitest";
import { db } from "../../platform/db/client";
import { evidenceStorage } from "../../platform/storage";
import { moveAuditWeeks } from "..";
import { anotherWeek, append, keyCreated, madeAt, pastChain } from "../testing/past-log";
import { owner, served, verify, writeOff } from "../verify/testing/chains";
import { objectOf } from "./objects/archive-object";

const type = { contentType: "application/octet-stream" };
const move = (options: Parameters<typeof moveAuditWeeks>[1] = {}) => moveAuditWeeks(db(), options);
const manifestsOf = (chainId: string) =>
  db().auditArchive.findMany({ where: { chainId }, orderBy: [{ partition: "asc" }, { part: "asc" }] });
const partitionsOf = async (table: string) => {
  const { rows } = await owner.query(
    "SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass",
    [table],
  );
  return rows.map(({ name }): string => name);
};
const inPieces = { limits: { rows: 2, bytes: 1_000_000 } };

describe("what was done to the archive is found", () => {
  /** Two objects of one chain: entries 1 and 2, then 3 and 4; the fifth is of today. */
  async function movedChain() {
    const orgId = await pastChain(db(), { at: anotherWeek(), count: 4 });
    await append(db(), [madeAt(keyCreated(orgId), new Date())]);
    await writeOff();
    await move(inPieces);
    const [first, second] = await manifestsOf(orgId);
    if (first === undefined || second === undefined) throw new Error("there are two objects");
    const bodyOf = async (manifest: typeof first) =>
      (await evidenceStorage().get(objectOf(manifest)))?.body ?? new Uint8Array();
    const put = (manifest: typeof first, body: Uint8Array) =>
      evidenceStorage().put(objectOf(manifest), body, type);
    expect((await verify(orgId)).fault).toBeUndefined();
    return { orgId, first, second, bodyOf, put };
  }
  type Chain = Awaited<ReturnType<typeof movedChain>>;

  const tamperings: [name: string, tamper: (chain: Chain) => Promise<unknown>, expected: object][] = [
    [
      "an object is missing",
      ({ second }) => evidenceStorage().delete(objectOf(second)),
      { kind: "archive", sequence: 3n },
    ],
    [
      "an object was altered",
      async ({ second, bodyOf, put }) => {
        const body = await bodyOf(second);
        body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
        await put(second, body);
      },
      { kind: "archive", sequence: 3n, message: expect.stringContaining("is not the one that was stored") },
    ],
    [
      "an object was cut",
      async ({ first, bodyOf, put }) => put(first, (await bodyOf(first)).subarray(0, -8)),
      { kind: "archive", sequence: 1n },
    ],
    [
      "two objects were swapped",
      async ({ first, second, bodyOf, put }) => {
        const [one, other] = [await bodyOf(first), await bodyOf(second)];
        await put(first, other);
        await put(second, one);
      },
      { kind: "archive", sequence: 1n },
    ],
    [
      "two objects and their notes were swapped",
      async ({ first, second, bodyOf, put }) => {
        const [one, other] = [await bodyOf(first), await bodyOf(second)];
        await put(first, other);
        await put(second, one);
        await owner.query("UPDATE audit_archives SET part = 9 WHERE id = $1", [first.id]);
        await owner.query("UPDATE audit_archives SET part = 1 WHERE id = $1", [second.id]);
        await owner.query("UPDATE audit_archives SET part = 2 WHERE id = $1", [first.id]);
      },
      { kind: "archive", sequence: 1n },
    ],
    [
      "an object of another chain was put in its place, with its note",
      async ({ first, orgId }) => {
        const other = await movedChain();
        await owner.query("DELETE FROM audit_archives WHERE id = $1", [first.id]);
        await owner.query("UPDATE audit_archives SET chain_id = $2, partition = $3 WHERE id = $1", [
          other.first.id,
          orgId,
          first.partition,
        ]);
        await evidenceStorage().put(objectOf(first), await other.bodyOf(other.first), type);
      },
      { kind: "archive", sequence: 1n },
    ],
    [
      "a note was changed to hold fewer rows",
      ({ second }) =>
        owner.query("UPDATE audit_archives SET rows = 1, last_sequence = 3 WHERE id = $1", [second.id]),
      { kind: "archive", sequence: 3n },
    ],
    [
      "the border that a note names for its pruning was changed",
      ({ second }) => owner.query("UPDATE audit_archives SET remaining = '{1}' WHERE id = $1", [second.id]),
      { kind: "archive", sequence: 3n },
    ],
    [
      "an object and its note were removed",
      async ({ second }) => {
        await owner.query("DELETE FROM audit_archives WHERE id = $1", [second.id]);
        await evidenceStorage().delete(objectOf(second));
      },
      { kind: "removed", sequence: 3n },
    ],
    [
      "the note that the week was moved was removed",
      ({ first }) => owner.query("DELETE FROM audit_moved_weeks WHERE partition = $1", [first.partition]),
      { kind: "removed", sequence: 1n },
    ],
    [
      "a row was put beside the archive again",
      ({ orgId }) =>
        owner.query(
          `INSERT INTO audit_logs (id, created_at, org_id, sequence, actor_type, action, details, prev_hash, hash)
           SELECT gen_random_uuid(), now(), $1, 3, 'user', 'key.created', '{}', prev_hash, hash FROM audit_logs WHERE org_id = $1`,
          [orgId],
        ),
      { kind: "inserted", sequence: 3n },
    ],
  ];

  it.each(tamperings)("%s", async (_, tamper, expected) => {
    const chain = await movedChain();
    await tamper(chain);
    expect((await verify(chain.orgId)).fault).toMatchObject(expected);
  });
});

describe("the runtime role", () => {
  it("cannot end a week of which a row is in no object, or is another one there", async () => {
    const orgId = await pastChain(db(), { at: anotherWeek(), count: 4 });
    const { rows } = await owner.query(
      "SELECT tableoid::regclass::text AS name FROM audit_logs WHERE org_id = $1",
      [orgId],
    );
    const name = rows[0].name.replace("partitions.", "");
    await served.query("SELECT partitions.drop_archived('audit_calls', $1)", [name.replace("logs", "calls")]);
    const drop = () => served.query("SELECT partitions.drop_archived('audit_logs', $1)", [name]);
    await expect(drop()).rejects.toThrow("holds 4 rows, of which 0 are archived");
    const note = (count: number, last: number, digest: string) =>
      served.query(
        `INSERT INTO audit_archives (id, chain_id, source, partition, part, rows, first_sequence, last_sequence, first_at, last_at, first_id,
           last_id, first_prev_hash, last_hash, remaining, rows_digest, object_digest, bytes, archived_at, signature)
         VALUES (gen_random_uuid(), $1, 'audit_logs', $2, $3, $3, 1, $4, now(), now(), gen_random_uuid(), gen_random_uuid(), '', '', '{}',
           ${digest}, '', 1, now(), '')`,
        [orgId, name, count, last],
      );
    await note(4, 4, "sha256('other rows')");
    await expect(drop()).rejects.toThrow("1 objects differ");
    await owner.query("DELETE FROM audit_archives WHERE chain_id = $1", [orgId]);
    await note(
      3,
      3,
      `(SELECT sha256(string_agg(hash, ''::bytea ORDER BY sequence)) FROM audit_logs WHERE org_id = '${orgId}' AND sequence < 4)`,
    );
    await expect(drop()).rejects.toThrow("holds 4 rows, of which 3 are archived");
    await owner.query("DELETE FROM audit_archives WHERE chain_id = $1", [orgId]);
    expect(await partitionsOf("audit_logs")).toContain(name);
    expect(await move()).toMatchObject({ failed: 0 });
  });

  it.each([
    "UPDATE audit_archives SET rows = 0",
    "DELETE FROM audit_archives",
    "TRUNCATE audit_archives",
    "INSERT INTO audit_moved_weeks VALUES ('audit_logs_2026_w48', 'audit_logs', now(), now(), 0, 0, '', now())",
    "UPDATE audit_moved_weeks SET rows = 0",
    "DELETE FROM audit_moved_weeks",
    "SELECT partitions.drop_archived('usage_ledger', 'usage_ledger_2026_11')",
  ])("cannot do this: %s", async (statement) => {
    await pastChain(db(), { at: anotherWeek(), count: 1 });
    await move();
    await expect(served.query(statement)).rejects.toThrow(/permission denied|is append-only|may be archived/);
  });
});
