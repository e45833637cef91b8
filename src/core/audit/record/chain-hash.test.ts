import { expect, test } from "vitest";
import { canonicalRow, chainHash, type HashedRow } from "./chain-hash";

const key = new Uint8Array(32).fill(7);
const row: HashedRow = {
  orgId: "0198f3a0-0000-7000-8000-000000000001",
  sequence: 7n,
  id: "0198f3a0-0000-7000-8000-000000000002",
  createdAt: new Date("2026-11-23T12:00:00.123Z"),
  actorType: "user",
  actorId: "0198f3a0-0000-7000-8000-000000000003",
  action: "key.created",
  targetType: "key",
  targetId: "0198f3a0-0000-7000-8000-000000000004",
  traceId: "req_1",
  details: { b: 1, a: "x" },
  prevHash: new Uint8Array([1, 2]),
};

test("the hashed text is the one that is documented", () => {
  expect(canonicalRow(row)).toBe(
    '["agathaai-audit-1","0198f3a0-0000-7000-8000-000000000001","7","0198f3a0-0000-7000-8000-000000000002",' +
      '"2026-11-23T12:00:00.123Z","user","0198f3a0-0000-7000-8000-000000000003","key.created","key",' +
      '"0198f3a0-0000-7000-8000-000000000004","req_1","{\\"a\\":\\"x\\",\\"b\\":1}","AQI"]',
  );
});

test("a column that differs gives another hash; the order of keys in the details does not", () => {
  const differing: Partial<HashedRow>[] = [
    {},
    { orgId: null },
    { sequence: 8n },
    { id: row.orgId ?? "" },
    { createdAt: new Date("2026-11-23T12:00:00.124Z") },
    { actorType: "key" },
    { actorId: null },
    { action: "key.revoked" },
    { targetType: null },
    { targetId: null },
    { traceId: null },
    { details: { a: "x", b: 2 } },
    { details: [["a", "x"]] },
    { details: '{"a":"x","b":1}' },
    { prevHash: new Uint8Array() },
  ];
  const hashes = differing.map((change) =>
    Buffer.from(chainHash({ ...row, ...change }, key)).toString("hex"),
  );
  expect(new Set(hashes).size).toBe(differing.length);
  expect(chainHash({ ...row, details: { a: "x", b: 1 } }, key)).toEqual(chainHash(row, key));
});

test("without the key the hash cannot be made", () => {
  expect(chainHash(row, new Uint8Array(32))).not.toEqual(chainHash(row, key));
});
