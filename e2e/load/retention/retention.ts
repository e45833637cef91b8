import pg from "pg";
import { archiveRequests, getInferenceDetail, inferenceRequests } from "../../../src/core/inference";
import { DAY, type Db, newId, timeOfId } from "../../../src/core/platform";
import { dropExpiredPartitions, maintainPartitions } from "../../../src/core/platform/db/partitions";
import { createDataKey, encryptTexts } from "../../../src/core/privacy";
import { percentile } from "../load";
import { machineFacts } from "../report";
import { memoryStore, openDatabase, readSizes } from "./bench-database";

// npm run bench:retention -- [--rows 1000000] [--organizations 500]

const { rows, organizations } = readSizes();

const PROMPT = "Summarize the minutes of the meeting about agates, and name who takes what on. ".repeat(8);
const ANSWER = "Ada takes the banding, Charles the furnace; the minutes are to be sent on Monday. ".repeat(5);
const ROWS_A_STATEMENT = 2_000;
const say = (text: string) => console.error(text);

const { db, url, close } = await openDatabase("retention");
try {
  await run();
} finally {
  await close();
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
