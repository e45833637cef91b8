import pg from "pg";
import { afterAll, expect, it } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";

const stack = await useTestStack();
const open = async (url: string, epoch?: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  if (epoch !== undefined) await client.query("SELECT set_config('agathaai.epoch', $1, false)", [epoch]);
  // The database is dropped under it when the file has ended.
  client.on("error", () => undefined);
  afterAll(() => client.end());
  return client;
};
const url = stack.env.DATABASE_URL ?? "";
const owner = await open(stack.databaseUrl);

/** Statements that write nothing, but would: the fence is asked once a statement, before any row. */
const writes = [
  "INSERT INTO usage_ledger SELECT * FROM usage_ledger WHERE false",
  "INSERT INTO open_calls SELECT * FROM open_calls WHERE false",
  "INSERT INTO inference_requests SELECT * FROM inference_requests WHERE false",
  "UPDATE inference_requests SET attempts = attempts WHERE false",
  "UPDATE webhook_deliveries SET attempts = attempts WHERE false",
  "UPDATE stripe_events SET id = id WHERE false",
];
async function results(client: pg.Client): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for (const sql of writes) {
    found.push(
      await client.query(sql).then(
        () => "written",
        (error: pg.DatabaseError) => error.code,
      ),
    );
  }
  return found;
}
const all = (what: string) => writes.map(() => what);

it("a session of an earlier epoch writes nothing that counts, in whatever statement, from the moment the epoch is raised", async () => {
  const [first, plain] = [await open(url, "1"), await open(url)];
  expect(await results(first)).toEqual(all("written"));
  await owner.query("UPDATE cell_epoch SET epoch = 2");
  expect(await results(first)).toEqual(all("AGE01"));
  expect(await results(await open(url, "2"))).toEqual(all("written"));
  // A migration or an operator's session says no epoch.
  expect(await results(plain)).toEqual(all("written"));
});

it("an epoch that is raised while a transaction is open refuses what the transaction writes after it", async () => {
  const late = await open(url, "2");
  await late.query("BEGIN");
  await owner.query("UPDATE cell_epoch SET epoch = 3");
  await expect(late.query(writes[0] ?? "")).rejects.toMatchObject({ code: "AGE01" });
  await late.query("ROLLBACK");
});

it("a database that was left behind takes nothing from anybody, and the serving role can neither undo nor lower that", async () => {
  const serving = await open(url, "3");
  expect(await results(serving)).toEqual(all("written"));
  await serving.query("SELECT cell_supersede(7)");
  expect(await results(serving)).toEqual(all("AGE01"));
  expect(await results(await open(url))).toEqual(all("AGE01"));
  for (const undo of [
    "UPDATE cell_epoch SET superseded_by = NULL",
    "DELETE FROM cell_epoch",
    "UPDATE cell_epoch SET epoch = 9",
  ])
    await expect(serving.query(undo), undo).rejects.toMatchObject({ code: "42501" });
  await expect(owner.query("UPDATE cell_epoch SET epoch = 1")).rejects.toThrow("only rises");
  await expect(owner.query("UPDATE cell_epoch SET superseded_by = NULL")).rejects.toThrow("only rises");
  await expect(owner.query("DELETE FROM cell_epoch")).rejects.toThrow("only rises");
  // It sees that nobody follows it.
  expect((await serving.query("SELECT cell_is_followed() AS followed")).rows).toEqual([{ followed: false }]);
});
