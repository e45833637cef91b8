import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { completeSecrets, secretsAsEnv } from "../../../infra/local/data/secrets";
import { startPostgres } from "../../../infra/local/postgres/postgres";
import { removeCluster } from "../../../infra/local/postgres/postgres-host";
import { deployMigrations } from "../../../prisma/migrate";
import { archiveRequests, getInferenceDetail, inferenceRequests } from "../../../src/core/inference";
import { DAY, type Db, newId, timeOfId } from "../../../src/core/platform";
import { createDb } from "../../../src/core/platform/db/client";
import { dropExpiredPartitions, maintainPartitions } from "../../../src/core/platform/db/partitions";
import { createDataKey, encryptTexts } from "../../../src/core/privacy";
import { percentile } from "../load";
import { machineFacts } from "../report";

// npm run bench:retention -- [--rows 1000000] [--organizations 500]

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    organizations: { type: "string", default: "500" },
  },
});
const [rows, organizations] = [Number(values.rows), Number(values.organizations)];
if (!(rows >= 1 && organizations >= 1)) throw new Error("--rows and --organizations must be numbers.");

const PROMPT = "Summarize the minutes of the meeting about agates, and name who takes what on. ".repeat(8);
const ANSWER = "Ada takes the banding, Charles the furnace; the minutes are to be sent on Monday. ".repeat(5);
const ROWS_A_STATEMENT = 2_000;
const say = (text: string) => console.error(text);

const home = mkdtempSync(join(tmpdir(), "agathaai-retention-"));
chmodSync(home, 0o711); // As root, the database runs under another account, which has to pass through.
const secrets = completeSecrets();
// Of the rest nothing is asked here.
Object.assign(process.env, secretsAsEnv(secrets), {
  APP_URL: "http://localhost:3000",
  DATABASE_URL: "postgres://127.0.0.1/retention",
  S3_BUCKET: "retention",
  SMTP_URL: "smtp://127.0.0.1:25",
  SQS_STANDARD_QUEUE_URL: "http://127.0.0.1/s",
  SQS_ENTERPRISE_QUEUE_URL: "http://127.0.0.1/e",
  SQS_DEAD_LETTER_QUEUE_URL: "http://127.0.0.1/d",
});
const postgres = await startPostgres({
  dir: join(home, "postgres"),
  port: 0,
  password: secrets.databasePassword,
  logFile: join(home, "postgres.log"),
  durable: false,
});
const url = postgres.url("retention");
await deployMigrations(url);
const db = createDb({ url, poolMax: 6 });
try {
  await run();
} finally {
  await db.$disconnect();
  await postgres.stop();
  removeCluster(join(home, "postgres"));
  rmSync(home, { recursive: true, force: true });
}

/** Objects in memory: what the job costs, without a network. */
function memoryStore() {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    async put(key: string, body: Uint8Array | string) {
      objects.set(key, Buffer.from(body));
    },
    async get(key: string) {
      const body = objects.get(key);
      return body && { body, contentType: undefined };
    },
    async delete(key: string) {
      objects.delete(key);
    },
  };
}

async function run(): Promise<void> {
  const month = new Date(Date.now() - 150 * DAY);
  await maintainPartitions(db, [inferenceRequests], { now: () => month });
  const start = Date.UTC(month.getUTCFullYear(), month.getUTCMonth());
  const orgs = Array.from({ length: organizations }, () => newId());
  for (const id of orgs) await createDataKey(db, { type: "org", id });
  const filled = performance.now();
  const sample = await fill(db, { orgs, start });
  say(`filled in ${((performance.now() - filled) / 1000).toFixed(0)} s`);

  const store = memoryStore();
  const stop = new AbortController();
  // Ended in its middle, as by SIGTERM, and begun again.
  const half = setInterval(() => {
    if (store.objects.size > rows / 1_000) stop.abort();
  }, 20);
  const began = performance.now();
  const cpu = process.cpuUsage();
  const first = await archiveRequests(db, { store, signal: stop.signal });
  clearInterval(half);
  const second = await archiveRequests(db, { store });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const nothing = performance.now();
  const third = await archiveRequests(db, { store });
  const idleMs = performance.now() - nothing;
  const dropping = performance.now();
  const { dropped } = await dropExpiredPartitions(db, [inferenceRequests]);
  const dropMs = performance.now() - dropping;
  const left = await db.inferenceRequest.count();
  const bytes = [...store.objects.values()].reduce((sum, body) => sum + body.byteLength, 0);

  const reads: number[] = [];
  for (const { orgId, id } of sample) {
    const from = performance.now();
    const found = await getInferenceDetail(db, { orgId, environment: "live", requestId: id }, { store });
    reads.push(performance.now() - from);
    if (found.archived !== true || found.messages.length !== 1) throw new Error(`${id} was not found whole`);
  }
  reads.sort((left, right) => left - right);
  const archived = first.archived + second.archived;
  if (archived !== rows || third.archived !== 0 || left !== 0)
    throw new Error("requests were lost or doubled");
  console.log(
    [
      machineFacts("18"),
      `rows ${rows}, organizations ${organizations}; interrupted after ${first.archived}`,
      `archived in ${seconds.toFixed(1)} s: ${Math.round(rows / seconds)} rows/s, ${(((user + system) / 1000 / rows) * 1000).toFixed(0)} µs CPU a row in Node`,
      `objects ${store.objects.size}, ${Math.round(bytes / rows)} bytes a row (texts ${PROMPT.length + ANSWER.length})`,
      `with nothing to do ${idleMs.toFixed(0)} ms; dropped ${dropped.join(", ")} in ${dropMs.toFixed(0)} ms`,
      `read by id from the archive: p50 ${percentile(reads, 0.5).toFixed(1)} ms, p95 ${percentile(reads, 0.95).toFixed(1)} ms`,
    ].join("\n"),
  );
}

/** A tenth of the organizations has nine tenths of the requests. Returns some of them. */
async function fill(client: Db, { orgs, start }: { orgs: readonly string[]; start: number }) {
  const sample: { orgId: string; id: string }[] = [];
  const large = Math.max(1, Math.floor(orgs.length / 10));
  const raw = new pg.Client({ connectionString: url, options: "-c TimeZone=UTC" });
  await raw.connect();
  for (let at = 0; at < rows; at += ROWS_A_STATEMENT) {
    const batch = Array.from({ length: Math.min(ROWS_A_STATEMENT, rows - at) }, (_, index) => {
      const number = at + index;
      const orgId = orgs[number % 10 === 0 ? number % orgs.length : number % large] ?? "";
      return { orgId, id: newId(new Date(start + ((number + 1) / (rows + 2)) * 27 * DAY)) };
    });
    const ciphers = await encryptTexts(
      client,
      batch.flatMap(({ orgId, id }) => {
        const subject = { type: "org" as const, id: orgId };
        const field = (column: string) => ({ table: "inference_requests", column, rowId: id });
        const input = { model: "gpt-4o", messages: [{ role: "user", content: `${id} ${PROMPT}` }] };
        return [
          { subject, field: field("input_cipher"), text: JSON.stringify(input) },
          {
            subject,
            field: field("result_cipher"),
            text: JSON.stringify({ role: "assistant", content: ANSWER }),
          },
        ];
      }),
    );
    await raw.query(
      `INSERT INTO inference_requests (id, created_at, org_id, environment, queue_name, model, provider, upstream_model, status,
         input_cipher, result_cipher, trace_id, max_output_tokens, next_attempt_at, completed_at, finish_reason)
       SELECT id, t, org, 'live', 'standard', 'gpt-4o', 'openai', 'gpt-4o', 'completed', input, result, 'req_1', 100, t, t, 'stop'
       FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::bytea[], $5::bytea[]) AS made(id, t, org, input, result)`,
      [
        batch.map(({ id }) => id),
        batch.map(({ id }) => timeOfId(id)),
        batch.map(({ orgId }) => orgId),
        batch.map((_, index) => Buffer.from(ciphers[2 * index] ?? [])),
        batch.map((_, index) => Buffer.from(ciphers[2 * index + 1] ?? [])),
      ],
    );
    const one = batch[0];
    if (one !== undefined && sample.length < 200) sample.push(one);
  }
  await raw.query("VACUUM (ANALYZE) inference_requests");
  await raw.end();
  return sample;
}
