import pg from "pg";
import { chainHash, getAuditEntry, moveAuditWeeks, verifyAuditChain } from "../../../src/core/audit";
import { DAY, newId, timeOfId } from "../../../src/core/platform";
import { percentile } from "../load";
import { machineFacts } from "../report";
import { memoryStore, openDatabase, readSizes } from "./bench-database";

// npm run bench:audit-archive -- [--rows 1000000] [--organizations 500]

const { rows, organizations } = readSizes();

const ROWS_A_STATEMENT = 2_000;
const WEEKS = 4;
const say = (text: string) => console.error(text);

const { db, url, close } = await openDatabase("audit");
try {
  await run();
} finally {
  await close();
}

async function run(): Promise<void> {
  const filled = performance.now();
  const { orgs, sample } = await fill();
  say(`filled in ${((performance.now() - filled) / 1000).toFixed(0)} s`);
  const store = memoryStore();
  const [largest = ""] = orgs;
  const inTable = await timed(() => verifyAuditChain(db, { orgId: largest, archives: store }));
  if (inTable.value.fault !== undefined) throw new Error(inTable.value.fault.message);

  const stop = new AbortController();
  // Ended in its middle, as by SIGTERM, and begun again.
  const half = setInterval(() => {
    if (store.objects.size > organizations) stop.abort();
  }, 20);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const first = await moveAuditWeeks(db, { store, signal: stop.signal });
  clearInterval(half);
  const second = await moveAuditWeeks(db, { store });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const idle = await timed(() => moveAuditWeeks(db, { store }));
  const left = await db.auditLog.count({ where: { orgId: { not: null } } });
  if (Number(first.rows + second.rows) !== rows || left !== 0 || first.failed + second.failed > 0)
    throw new Error("entries were lost, doubled or left behind");

  const inObjects = await timed(() => verifyAuditChain(db, { orgId: largest, archives: store }));
  if (inObjects.value.fault !== undefined) throw new Error(inObjects.value.fault.message);
  const reads: number[] = [];
  for (const { orgId, id } of sample)
    reads.push((await timed(() => getAuditEntry(db, { orgId, id, environment: "all", store }))).ms);
  reads.sort((left_, right) => left_ - right);
  const bytes = [...store.objects.values()].reduce((sum, body) => sum + body.byteLength, 0);
  console.log(
    [
      machineFacts("18"),
      `entries ${rows}, organizations ${organizations}, weeks ${WEEKS}; interrupted after ${first.weeks} weeks`,
      `moved in ${seconds.toFixed(1)} s: ${Math.round(rows / seconds)} entries/s, ${(((user + system) / 1000 / rows) * 1000).toFixed(0)} µs CPU an entry in Node`,
      `objects ${store.objects.size}, ${Math.round(bytes / rows)} bytes an entry; with nothing to do ${idle.ms.toFixed(0)} ms`,
      `largest chain verified (${inTable.value.rows} entries): in the table ${rate(inTable)} entries/s, in objects ${rate(inObjects)} entries/s`,
      `an entry by its ID from an object: p50 ${percentile(reads, 0.5).toFixed(1)} ms, p95 ${percentile(reads, 0.95).toFixed(1)} ms`,
    ].join("\n"),
  );
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const from = performance.now();
  const value = await work();
  return { value, ms: performance.now() - from };
}

/** A tenth of the organizations has nine tenths of the entries. Returns the organizations, and some entries. */
async function fill() {
  const start = Date.UTC(2024, 0, 1);
  const orgs = Array.from({ length: organizations }, () => newId());
  const large = Math.max(1, Math.floor(orgs.length / 10));
  const heads = new Map<string, { sequence: bigint; hash: Uint8Array<ArrayBuffer> }>();
  const sample: { orgId: string; id: string }[] = [];
  const raw = new pg.Client({ connectionString: url, options: "-c TimeZone=UTC" });
  await raw.connect();
  for (const table of ["audit_logs", "audit_calls"])
    await raw.query("SELECT partitions.ensure($1, 'week', $2, $3)", [table, new Date(start), WEEKS - 1]);
  for (let at = 0; at < rows; at += ROWS_A_STATEMENT) {
    const batch = Array.from({ length: Math.min(ROWS_A_STATEMENT, rows - at) }, (_, index) => {
      const number = at + index;
      const orgId = orgs[number % 10 === 0 ? (number / 10) % orgs.length : number % large] ?? "";
      const id = newId(new Date(start + ((number + 1) / (rows + 2)) * WEEKS * 7 * DAY));
      const head = heads.get(orgId) ?? { sequence: 0n, hash: new Uint8Array() };
      const row = {
        ...{
          id,
          createdAt: timeOfId(id),
          orgId,
          sequence: head.sequence + 1n,
          actorType: "user",
          actorId: orgId,
        },
        ...{ action: "data.usage_read", targetType: null, targetId: null, traceId: `req_${number}` },
        ...{ details: { from: "2024-01-01", to: "2024-02-01", by: "model" }, prevHash: head.hash },
      };
      const hash = chainHash(row);
      heads.set(orgId, { sequence: row.sequence, hash });
      return { ...row, hash };
    });
    await raw.query(
      `INSERT INTO audit_logs (id, created_at, org_id, sequence, actor_type, actor_id, action, trace_id, details, prev_hash, hash)
       SELECT id, t, org, sequence, 'user', org, 'data.usage_read', trace, '{"from":"2024-01-01","to":"2024-02-01","by":"model"}', prev, hash
       FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::bigint[], $5::text[], $6::bytea[], $7::bytea[])
         AS made(id, t, org, sequence, trace, prev, hash)`,
      [
        batch.map(({ id }) => id),
        batch.map(({ createdAt }) => createdAt),
        batch.map(({ orgId }) => orgId),
        batch.map(({ sequence }) => String(sequence)),
        batch.map(({ traceId }) => traceId),
        batch.map(({ prevHash }) => Buffer.from(prevHash)),
        batch.map(({ hash }) => Buffer.from(hash)),
      ],
    );
    const [one] = batch;
    if (one !== undefined && sample.length < 200) sample.push({ orgId: one.orgId, id: one.id });
  }
  for (const [chain, { sequence, hash }] of heads)
    await raw.query("INSERT INTO audit_chains (chain_id, sequence, hash) VALUES ($1, $2, $3)", [
      chain,
      String(sequence),
      Buffer.from(hash),
    ]);
  await raw.query("VACUUM (ANALYZE) audit_logs");
  await raw.end();
  return { orgs: orgs.slice(1), sample };
}

function rate({ value, ms }: { value: { rows: number }; ms: number }): number {
  return Math.round(value.rows / (ms / 1000));
}
