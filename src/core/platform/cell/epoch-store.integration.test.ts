import { afterAll, expect, it } from "vitest";
import { systemPort } from "../../../../infra/local/process/ports";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { createStorage } from "../storage";
import { EpochStore } from "./epoch-store";

const stack = await useTestStack();
const closed = `http://127.0.0.1:${await systemPort()}`;
const witnessAt = (endpoint: string | undefined) =>
  createStorage({ region: "us-east-1", endpoint, bucket: stack.env["S3_BUCKET"] ?? "" });
const here = witnessAt(stack.env["S3_ENDPOINT"]);
const away = witnessAt(closed);
afterAll(() => {
  here.close();
  away.close();
});
const note = (database: string) => ({ at: "2026-01-01T00:00:00.000Z", database, timeline: 1 });

it("an epoch in S3 is completed by its own note and taken from nobody, and begins where one of three witnesses is away, but not two", async () => {
  // Two names of one bucket: the second finds what the first has written, as one does who goes on after breaking off.
  const store = new EpochStore([here, here, away], "usw2");
  expect(await store.newest()).toBe(1);
  await store.raise(2, note("there"));
  await store.raise(2, note("there"));
  expect(await store.newest()).toBe(2);
  expect(await store.noteOf(2)).toEqual(note("there"));
  await expect(store.raise(2, note("elsewhere"))).rejects.toMatchObject({ code: "service_unavailable" });
  expect(await store.noteOf(2)).toEqual(note("there"));

  const lonely = new EpochStore([here, away, away], "usw2");
  await expect(lonely.newest()).rejects.toMatchObject({ code: "service_unavailable" });
  await expect(lonely.raise(3, note("there"))).rejects.toMatchObject({ code: "service_unavailable" });
});
