import pg from "pg";
import { afterAll, expect, it, vi } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { createKey, createKeyInputSchema, flushLastUsed, generateKeySecret, verifyApiKey } from "./";

await useTestStack({
  CELL: "us",
  CELLS: "us=http://localhost:3000|United States,eu=https://eu.example.com|Europe",
});
const queries = vi.spyOn(pg.Client.prototype, "query");
afterAll(async () => {
  queries.mockRestore();
  await drainAfterResponse();
  await flushLastUsed(db());
  await closeDb();
});

const use = (secret: string) => verifyApiKey(db(), secret, { ip: "203.0.113.9" });

async function createdKey() {
  const principal = await principalOf((await makeUser({ verified: true, role: "owner" })).claims);
  const input = createKeyInputSchema.parse({ name: "CI", environment: "live" });
  return await createKey(db(), { principal, input });
}

it("a key of another cell is told its host from its text alone, without a query", async () => {
  await createdKey();
  await drainAfterResponse();
  queries.mockClear();
  const refusal = { code: "wrong_region", status: 421 };
  await expect(use(generateKeySecret("live", "eu"))).rejects.toMatchObject({
    ...refusal,
    public: expect.stringContaining("Europe. Send the call to https://eu.example.com"),
  });
  await expect(use(generateKeySecret("test", "ap"))).rejects.toMatchObject(refusal);
  expect(queries).not.toHaveBeenCalled();
  // Shows that queries are counted, and that a key with this cell's code, or an older one without, is looked up.
  for (const own of [generateKeySecret("live", "us"), generateKeySecret("live")]) {
    await expect(use(own)).rejects.toMatchObject({ code: "invalid_api_key" });
  }
  expect(queries).toHaveBeenCalledTimes(2);
});

it("keys made here carry this cell's code and work", async () => {
  const { secret, prefix } = await createdKey();
  expect(secret).toMatch(/^agt_live_us_[0-9A-Za-z]{38}$/);
  expect(prefix).toBe(secret.slice(0, "agt_live_us_".length + 4));
  expect(await use(secret)).toMatchObject({ kind: "key" });
});
