import { EpochStore } from "@agathaai/core/platform/cell/epoch-store";
import { createStorage } from "@agathaai/core/platform/storage";
import pg from "pg";
import { afterAll, expect, it } from "vitest";
import { useTestStack } from "../../testing/use-test-stack";
import { readState } from "./database-state";
import { finish } from "./finish";
import { raise } from "./raise";

const stack = await useTestStack();
const open = async (url = "", epoch?: string) => {
  const client = new pg.Client({ connectionString: url });
  // `finish` ends it.
  client.on("error", () => undefined);
  await client.connect();
  if (epoch !== undefined) await client.query("SELECT set_config('agathaai.epoch', $1, false)", [epoch]);
  afterAll(() => client.end().catch(() => undefined));
  return client;
};
const owner = await open(stack.databaseUrl);
const storage = createStorage({
  region: stack.env["AWS_REGION"] ?? "",
  endpoint: stack.env["S3_ENDPOINT"],
  bucket: stack.env["S3_BUCKET"] ?? "",
});
afterAll(() => storage.close());
const store = new EpochStore(storage, "euw1");
const parts = { sql: owner, store, ttlMs: -11_990, say: () => undefined };
const writes = async (epoch: string) => {
  const session = await open(stack.env["DATABASE_URL"], epoch);
  return await session.query("INSERT INTO open_calls SELECT * FROM open_calls WHERE false").then(
    () => "written",
    (error: pg.DatabaseError) => error.code,
  );
};

it("a database that writes is neither raised nor finished, and no epoch begins", async () => {
  await expect(raise(parts)).rejects.toThrow("was not promoted since");
  await expect(raise(parts, { promoted: true })).rejects.toThrow("was not promoted since");
  await expect(finish(parts)).rejects.toThrow("no later one has begun for it");
  expect(await store.newest()).toBe(1);
});

it("nobody but the epoch that was begun writes once a promoted database is finished, although its mark had come over the link", async () => {
  const { database, timeline } = await readState(owner);
  await store.raise(2, { at: new Date().toISOString(), database, timeline: timeline - 1 });
  const before = await open(stack.env["DATABASE_URL"], "1");
  await before.query("SELECT cell_supersede(2)");
  expect([await writes("1"), await writes("2")]).toEqual(["AGE01", "AGE01"]);
  expect(await finish(parts)).toBe(2);
  await expect(before.query("SELECT 1"), "it was ended").rejects.toThrow();
  expect([await writes("1"), await writes("2")]).toEqual(["AGE01", "written"]);
  expect(await finish(parts)).toBe(2);
  await expect(raise(parts, { promoted: true })).rejects.toThrow("It writes already, under epoch 2");
  expect(await store.newest()).toBe(2);
});
