import { chmodSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { completeSecrets, secretsAsEnv } from "../../../infra/local/data/secrets";
import { startPostgres } from "../../../infra/local/postgres/postgres";
import { removeCluster } from "../../../infra/local/postgres/postgres-host";
import { deployMigrations } from "../../../prisma/deploy-migrations";
import type { Db } from "../../../src/core/platform";
import { createDb } from "../../../src/core/platform/db/client";
import { refreshUsageStatistics } from "../../../src/core/usage";
import { percentile } from "../load";
import { machineFacts } from "../report";
import { explain, record } from "./explain";
import { fill, LARGE_ORG, lastTwelveMonths, SMALL_ORG } from "./fill";
import { type Probe, probes, type Sample } from "./probes";

// npm run bench:growth -- [--rows 10000000] [--runs 200]     (or ROWS=1000000 npm run bench:growth)

const SMALL = 10_000;
/** Both tables with their indexes and the log of writing them, a row. */
const BYTES_A_ROW = 2_200;

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: process.env.ROWS ?? "10000000" },
    runs: { type: "string", default: "200" },
  },
});
const [rows, runs] = [Number(values.rows), Number(values.runs)];
if (!(rows >= 12 && runs >= 1)) throw new Error("--rows and --runs must be numbers.");

const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
const say = (text: string) => console.error(text);
const now = new Date();

interface Installation {
  rows: number;
  url: string;
  db: Db;
  samples: Sample[];
}

interface Timed {
  small: number[];
  large: number[];
}

const home = mkdtempSync(join(tmpdir(), "agathaai-growth-"));
chmodSync(home, 0o711); // As root, the database runs under another account, which has to pass through.
const { bavail, bsize } = statfsSync(home);
const needed = rows * BYTES_A_ROW + 1024 ** 3;
say(
  `Needs about ${gib(needed)} in ${home}; ${gib(bavail * bsize)} are free. Time: one to two minutes a million rows.`,
);
if (needed > bavail * bsize) throw new Error("There is not enough room.");

const secrets = completeSecrets();
Object.assign(process.env, secretsAsEnv(secrets));
const postgres = await startPostgres({
  dir: join(home, "postgres"),
  port: 0,
  password: secrets.databasePassword,
  logFile: join(home, "postgres.log"),
  durable: false,
});
const opened: Installation[] = [];
let closing: Promise<void> | undefined;
const close = () => {
  closing ??= (async () => {
    for (const { db } of opened) await db.$disconnect();
    await postgres.stop();
    removeCluster(join(home, "postgres"));
    rmSync(home, { recursive: true, force: true });
  })();
  return closing;
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().finally(() => process.exit(1)));

try {
  const small = await open("growth_small", SMALL);
  const large = await open("growth_large", rows);
  const failures: string[] = [];
  const lines = [
    "| what | target | 10,000 rows: p50, p95 | " +
      `${rows.toLocaleString("en-US")} rows: p50, p95 | ratio of p50 | partitions and rows read |`,
    "|---|---|---|---|---|---|",
  ];
  for (const probe of probes) {
    const timed = await time(probe, small, large);
    const proof = await prove(probe, large);
    lines.push(toLine(probe, timed, proof.summary, failures));
    failures.push(...proof.failures);
    say(`${probe.what}:\n${proof.plan}`);
  }
  const [{ version }] = await large.db.$queryRaw<
    [{ version: string }]
  >`SELECT current_setting('server_version') AS version`;
  console.log(`\n${machineFacts(version)}.\n\n${lines.join("\n")}\n`);
  if (failures.length > 0) {
    console.error(`MISSED:\n${failures.map((failure) => `- ${failure}`).join("\n")}`);
    process.exitCode = 1;
  }
} finally {
  await close();
}
process.exit();

async function open(name: string, count: number): Promise<Installation> {
  const url = postgres.url(name);
  await deployMigrations(url);
  const began = Date.now();
  await fill(url, count, now);
  const filled = Date.now();
  const jobs = createDb({ url, poolMax: 2 });
  await refreshUsageStatistics(jobs);
  const refreshed = Date.now();
  await refreshUsageStatistics(jobs);
  await jobs.$disconnect();
  // As the server asks.
  const db = createDb({ url, poolMax: 4, queryTimeoutMs: 30_000 });
  const installation = { rows: count, url, db, samples: [] as Sample[] };
  opened.push(installation);
  const [size] = await db.$queryRaw<
    [{ bytes: bigint }]
  >`SELECT pg_database_size(current_database()) AS bytes`;
  const seconds = (from: number, to = Date.now()) => `${((to - from) / 1_000).toFixed(1)} s`;
  say(
    `${count.toLocaleString("en-US")} rows in each table: filled in ${seconds(began, filled)}, views first made in ${seconds(filled, refreshed)}, refreshed again in ${seconds(refreshed)}, ${gib(Number(size.bytes))}.`,
  );
  installation.samples = await sample(db);
  return installation;
}

/** Requests of the large organization and of a small one, over all months. */
async function sample(db: Db): Promise<Sample[]> {
  const months = lastTwelveMonths(now);
  const from = months[0] ?? now;
  const samples: Sample[] = [];
  for (const orgId of [LARGE_ORG, SMALL_ORG]) {
    for (const month of months) {
      const found = await db.inferenceRequest.findMany({
        where: { orgId, createdAt: { gte: month } },
        orderBy: { createdAt: "asc" },
        take: 5,
        select: { id: true },
      });
      samples.push(...found.map(({ id }) => ({ orgId, requestId: id, back: months[10] ?? now, from })));
    }
  }
  return samples;
}

/** Small and large by turns, so that whatever else the machine does falls on both. */
async function time(probe: Probe, small: Installation, large: Installation): Promise<Timed> {
  const timed: Timed = { small: [], large: [] };
  for (let run = -20; run < runs; run++) {
    for (const [name, { db, samples }] of Object.entries({ small, large })) {
      const sampled = samples[Math.abs(run) % samples.length];
      if (sampled === undefined) throw new Error("There are no samples.");
      const began = performance.now();
      await probe.run(db, sampled);
      if (run >= 0) timed[name === "small" ? "small" : "large"].push(performance.now() - began);
    }
  }
  for (const times of Object.values(timed)) times.sort((left: number, right: number) => left - right);
  return timed;
}

async function prove(probe: Probe, { url, db, samples }: Installation) {
  const client = new pg.Client({ connectionString: url, options: "-c TimeZone=UTC" });
  await client.connect();
  const failures: string[] = [];
  let [plan, most, mostRows] = ["", 0, 0];
  try {
    // The first of the large organization, and of the small one.
    for (const sampled of [samples[0], samples.at(-1)]) {
      if (sampled === undefined) throw new Error("There are no samples.");
      const touched = await explain(client, await record(() => probe.run(db, sampled)));
      const filled = touched.partitions.filter((name) => isFilled(name));
      if (plan === "") plan = touched.lines.map((line) => `  ${line}`).join("\n");
      most = Math.max(most, filled.length);
      mostRows = Math.max(mostRows, Math.round(touched.rows));
      if (filled.length > probe.mostPartitions)
        failures.push(`${probe.what} read ${filled.length} partitions: ${filled.join(", ")}`);
      if (touched.rows > probe.mostRows)
        failures.push(`${probe.what} read ${touched.rows} rows of partitions`);
    }
  } finally {
    await client.end();
  }
  return { plan, failures, summary: `${most} of 24, ${mostRows.toLocaleString("en-US")} rows` };
}

/** The partitions made ahead are empty: coming to them costs next to nothing. */
function isFilled(partition: string): boolean {
  return lastTwelveMonths(now).some((month) =>
    partition.endsWith(month.toISOString().slice(0, 7).replace("-", "_")),
  );
}

function toLine(probe: Probe, { small, large }: Timed, proof: string, failures: string[]): string {
  const [before, after] = [percentile(small, 0.5), percentile(large, 0.5)];
  const ratio = after / before;
  const p95 = percentile(large, 0.95);
  const { target } = probe;
  if ("ratio" in target && ratio > target.ratio) failures.push(`${probe.what}: ${ratio.toFixed(2)} ×`);
  if ("ms" in target && p95 > target.ms) failures.push(`${probe.what}: p95 ${p95.toFixed(1)} ms`);
  const both = (times: number[]) =>
    `${percentile(times, 0.5).toFixed(1)}, ${percentile(times, 0.95).toFixed(1)} ms`;
  const wanted = "ratio" in target ? `≤ ${target.ratio} ×` : `p95 < ${target.ms} ms`;
  return `| ${probe.what} | ${wanted} | ${both(small)} | ${both(large)} | ${ratio.toFixed(2)} | ${proof} |`;
}
