import { afterAll, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { createDb } from "./client";

const { databaseUrl } = await useTestStack();
const db = createDb({ url: databaseUrl, poolMax: 1 });
afterAll(() => db.$disconnect());

test("PostgreSQL reads the time of an ID to the millisecond, today as in a hundred years", async () => {
  const times = [
    "1970-01-01T00:00:00.000Z",
    "2026-11-27T09:00:00.001Z",
    "2106-02-07T06:28:15.999Z",
    "2241-12-31T23:59:59.997Z",
  ];
  const ids = times.map((time) => {
    const hex = new Date(time).getTime().toString(16).padStart(12, "0");
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
  });
  const rows = await db.$queryRaw<
    { at: Date }[]
  >`SELECT uuid_v7_time(id) AS at FROM unnest(${ids}::uuid[]) AS u(id)`;
  expect(rows.map(({ at }) => at.toISOString())).toEqual(times);
  const [wrong] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM (SELECT (random() * 8.5e12)::bigint AS ms FROM generate_series(1, 100000)) t
    WHERE to_timestamp(ms::double precision / 1000) <> 'epoch'::timestamptz + ms * interval '1 millisecond'`;
  expect(wrong?.count).toBe(0n);
});

test("it is written into the statements that use it, rather than run as a query for each row", async () => {
  const plan = await db.$queryRaw<
    { "QUERY PLAN": string }[]
  >`EXPLAIN (VERBOSE, COSTS OFF) SELECT uuid_v7_time(id) FROM open_calls`;
  expect(plan.map((line) => line["QUERY PLAN"]).join()).not.toContain("uuid_v7_time");
});
