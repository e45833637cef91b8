import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { newId, timeOfId } from "../ids/ids";
import { createDb, type Db } from "./client";
import { dropExpiredPartitions, maintainPartitions, type PartitionedTable } from "./partitions";

const partitionedTables: readonly PartitionedTable[] = [
  { table: "inference_requests", period: "month", ahead: 3 },
  { table: "usage_ledger", period: "month", ahead: 3 },
  { table: "audit_logs", period: "week", ahead: 6 },
];

let databaseUrl: string;
let db: Db;

beforeAll(async () => {
  ({ databaseUrl } = await useTestStack());
  db = createDb({ url: databaseUrl, poolMax: 10 });
});

afterAll(() => db.$disconnect());

const at = (time: string) => ({ now: () => new Date(time) });

async function partitionsOf(table: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('public.%I', ${table}::text)::regclass ORDER BY 1`;
  return rows.map(({ name }) => name);
}

beforeEach(async () => {
  for (const { table } of partitionedTables) {
    for (const name of await partitionsOf(table))
      await db.$executeRawUnsafe(`DROP TABLE partitions."${name}"`);
  }
});

async function insertAudit(time: string): Promise<void> {
  const id = newId(new Date(time));
  await db.auditLog.create({
    data: {
      id,
      createdAt: timeOfId(id),
      sequence: 1n,
      actorType: "system",
      action: "test",
      prevHash: new Uint8Array(32),
      hash: new Uint8Array(32),
    },
  });
}

async function insertRequest(time: string): Promise<void> {
  const id = newId(new Date(time));
  await db.inferenceRequest.create({
    data: {
      id,
      createdAt: timeOfId(id),
      orgId: newId(),
      environment: "test",
      queueName: "standard",
      model: "m",
      provider: "simulator",
      upstreamModel: "m",
      traceId: "t",
      maxOutputTokens: 1,
      nextAttemptAt: new Date(time),
    },
  });
}

async function homeOfRow(table: string): Promise<string[]> {
  const rows = await db.$queryRawUnsafe<{ home: string }[]>(
    `SELECT tableoid::regclass::text AS home FROM "${table}"`,
  );
  return rows.map(({ home }) => home);
}

describe("partition maintenance", () => {
  it("keeps the previous, the present and the coming periods ready", async () => {
    await maintainPartitions(db, partitionedTables, at("2026-12-31T23:59:59.999Z"));
    const months = ["2026_11", "2026_12", "2027_01", "2027_02", "2027_03"];
    expect(await partitionsOf("inference_requests")).toEqual(
      months.map((month) => `inference_requests_${month}`),
    );
    expect(await partitionsOf("usage_ledger")).toEqual(months.map((month) => `usage_ledger_${month}`));
    expect(await partitionsOf("audit_logs")).toEqual(
      ["2026_w52", "2026_w53", "2027_w01", "2027_w02", "2027_w03", "2027_w04", "2027_w05", "2027_w06"].map(
        (week) => `audit_logs_${week}`,
      ),
    );
  });

  it("is idempotent and says what it made", async () => {
    const first = await maintainPartitions(db, partitionedTables, at("2026-11-23T00:00:00Z"));
    expect(first).toEqual([
      { table: "inference_requests", made: 5 },
      { table: "usage_ledger", made: 5 },
      { table: "audit_logs", made: 8 },
    ]);
    const second = await maintainPartitions(db, partitionedTables, at("2026-11-23T00:00:00Z"));
    expect(second.map(({ made }) => made)).toEqual([0, 0, 0]);
    const monthLater = await maintainPartitions(db, partitionedTables, at("2026-12-01T00:00:00Z"));
    expect(monthLater[0]).toEqual({ table: "inference_requests", made: 1 });
  });

  it("is safe from many processes at once", async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => maintainPartitions(db, partitionedTables, at("2026-11-23T00:00:00Z"))),
    );
    expect(runs.flat().reduce((sum, { made }) => sum + made, 0)).toBe(5 + 5 + 8);
  });

  it("makes next month's writes work before that month begins", async () => {
    await maintainPartitions(db, partitionedTables, at("2026-11-30T23:59:59.999Z"));
    await insertRequest("2026-12-01T00:00:00.000Z");
    await insertRequest("2027-02-28T12:00:00.000Z");
    expect((await homeOfRow("inference_requests")).sort()).toEqual([
      "partitions.inference_requests_2026_12",
      "partitions.inference_requests_2027_02",
    ]);
  });

  it.each(["Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu"])(
    "draws its borders in UTC when the session lives in %s",
    async (zone) => {
      const client = new pg.Client({ connectionString: databaseUrl, options: `-c TimeZone=${zone}` });
      await client.connect();
      try {
        const ensure = "SELECT partitions.ensure($1, $2, $3, 1)";
        await client.query(ensure, ["inference_requests", "month", "2026-12-01T00:00:00.000Z"]);
        await client.query(ensure, ["audit_logs", "week", "2026-11-30T00:00:00.000Z"]);
      } finally {
        await client.end();
      }
      expect(await partitionsOf("inference_requests")).toEqual([
        "inference_requests_2026_12",
        "inference_requests_2027_01",
      ]);
      await insertRequest("2026-12-01T00:00:00.000Z");
      await insertRequest("2026-12-31T23:59:59.999Z");
      await expect(insertRequest("2026-11-30T23:59:59.999Z")).rejects.toThrow("no partition");
      expect(await homeOfRow("inference_requests")).toEqual(
        Array(2).fill("partitions.inference_requests_2026_12"),
      );
      // 30 November 2026 is a Monday.
      expect(await partitionsOf("audit_logs")).toEqual(["audit_logs_2026_w49", "audit_logs_2026_w50"]);
      await insertAudit("2026-11-30T00:00:00.000Z");
      await insertAudit("2026-12-06T23:59:59.999Z");
      await expect(insertAudit("2026-11-29T23:59:59.999Z")).rejects.toThrow("no partition");
    },
  );

  it("does not block: readers and writers of the parent go on while partitions are created", async () => {
    await maintainPartitions(db, partitionedTables, at("2026-11-23T00:00:00Z"));
    const reader = new pg.Client({ connectionString: databaseUrl });
    await reader.connect();
    try {
      await reader.query("BEGIN");
      await reader.query("SELECT count(*) FROM inference_requests");
      const made = await maintainPartitions(db, partitionedTables, at("2027-01-23T00:00:00Z"));
      expect(made[0]?.made).toBe(2);
    } finally {
      await reader.end();
    }
  });

  it("gives a new partition every index, check and trigger of its parent", async () => {
    await maintainPartitions(db, partitionedTables, at("2026-11-23T00:00:00Z"));
    const indexes = await db.$queryRaw<{ definition: string }[]>`
      SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'partitions' AND tablename = 'inference_requests_2026_11'`;
    const all = indexes.map(({ definition }) => definition).join("\n");
    for (const part of ["UNIQUE INDEX", "gist", "'queued'", "'processing'"]) expect(all).toContain(part);
    await expect(
      db.$executeRaw`INSERT INTO partitions.inference_requests_2026_11
        (id, created_at, org_id, environment, queue_name, model, provider, upstream_model, trace_id, max_output_tokens, next_attempt_at)
        VALUES (${newId(new Date("2026-11-05T00:00:00Z"))}::uuid, '2026-11-06Z', ${newId()}::uuid, 'test', 'standard', 'm', 'p', 'm', 't', 1, now())`,
    ).rejects.toThrow("created_at_is_id_time");
  });
});

describe("retention", () => {
  it("drops whole partitions past their time, and never one day earlier", async () => {
    for (const start of ["2025-10-15T00:00:00Z", "2025-12-15T00:00:00Z", "2026-11-15T00:00:00Z"]) {
      await maintainPartitions(db, partitionedTables, at(start));
    }
    // The last moment of October 2025 turns 90 days old at the end of 29 January 2026.
    const dayBefore = await dropExpiredPartitions(db, partitionedTables, at("2026-01-29T23:59:59.000Z"));
    expect(dayBefore.dropped).toEqual(["inference_requests_2025_09"]);
    const onTheDay = await dropExpiredPartitions(db, partitionedTables, at("2026-01-30T00:00:00.000Z"));
    expect(onTheDay).toEqual({ dropped: ["inference_requests_2025_10"], postponed: [] });
    expect((await partitionsOf("inference_requests"))[0]).toBe("inference_requests_2025_11");
  });

  it("keeps a month of requests while one of them is neither archived nor past its organization's time", async () => {
    await maintainPartitions(db, partitionedTables, at("2025-10-15T00:00:00Z"));
    await insertRequest("2025-10-20T00:00:00Z");
    const { dropped } = await dropExpiredPartitions(db, partitionedTables, at("2026-02-01T00:00:00Z"));
    expect(dropped).toEqual(["inference_requests_2025_09"]);
    await expect(
      db.$executeRaw`SELECT partitions.drop_expired('inference_requests', 'inference_requests_2025_10', now())`,
    ).rejects.toThrow("no expired partition");
  });

  it("keeps the ledger for ever and the audit log for seven years", async () => {
    await maintainPartitions(db, partitionedTables, at("2019-11-20T00:00:00Z"));
    await maintainPartitions(db, partitionedTables, at("2026-11-23T00:00:00Z"));
    const { dropped } = await dropExpiredPartitions(db, partitionedTables, at("2026-11-23T00:00:00Z"));
    expect(dropped.filter((name) => name.startsWith("usage_ledger"))).toEqual([]);
    // The week of 11 November 2019 ended on the 18th; the next one still holds what is not seven years old.
    expect(dropped.filter((name) => name.startsWith("audit_logs"))).toEqual(["audit_logs_2019_w46"]);
  });

  it("does not block: a busy partition stays until the next run", async () => {
    await maintainPartitions(db, partitionedTables, at("2025-01-15T00:00:00Z"));
    const reader = new pg.Client({ connectionString: databaseUrl });
    await reader.connect();
    try {
      await reader.query("BEGIN");
      await reader.query("SELECT count(*) FROM inference_requests");
      const { dropped, postponed } = await dropExpiredPartitions(
        db,
        partitionedTables,
        at("2025-05-10T00:00:00Z"),
      );
      expect(dropped).toEqual([]);
      expect(postponed).toEqual(["inference_requests_2024_12", "inference_requests_2025_01"]);
    } finally {
      await reader.end();
    }
    const { dropped } = await dropExpiredPartitions(db, partitionedTables, at("2025-05-10T00:00:00Z"));
    expect(dropped).toEqual(["inference_requests_2024_12", "inference_requests_2025_01"]);
  });
});
