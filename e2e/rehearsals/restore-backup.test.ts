import { listAuditChains, verifyAuditChain } from "@agathaai/core/audit";
import { fromPublicId } from "@agathaai/core/platform";
import { createDb } from "@agathaai/core/platform/db/client";
import type pg from "pg";
import { afterAll, expect, it } from "vitest";
import { startTestProcesses } from "../../infra/testing/processes/start-test-processes";
import { until } from "../../infra/testing/until";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { deployMigrations } from "../../prisma/deploy-migrations";
import { auditBooks, untilAllEnded } from "../faults/support/books";
import { type Customer, openCustomer } from "../faults/support/open-customer";
import { type Accepted, submitMany } from "../faults/support/submit-many";
import { callServer, registerCustomer } from "../support/customer";
import { ARCHIVE_TIMEOUT_S, startArchivedPostgres } from "./support/archived-postgres";

const database = await startArchivedPostgres();
await deployMigrations(database.url());
const stack = await useTestStack({
  DATABASE_URL: database.url(),
  WORKER_LEASE_MS: "5000",
  WORKER_RECOVER_INTERVAL_MS: "500",
});
const processes = await startTestProcesses({ server: true, workers: 1 });
afterAll(async () => {
  await processes.kill();
  await database.remove();
});

const http = callServer(processes.url);
const submit = (customer: Customer, count: number, name: string) =>
  submitMany(processes.url, customer, { count, prompt: (n) => `${name} ${n}`, parallel: 4 });

/** Kills everything, loses the disk, restores, starts; counts until a new request is accepted. */
async function loseAndRestore(customer: Customer, moment?: Date) {
  await processes.kill();
  const lost = performance.now();
  await database.lose();
  await database.restore(moment);
  const restored = performance.now();
  await processes.restartServer();
  await processes.addWorker();
  await submit(customer, 1, "the first one after");
  return { databaseS: (restored - lost) / 1_000, acceptedS: (performance.now() - lost) / 1_000 };
}

/** Which accepted requests the restored database does not have. */
const missing = (accepted: Accepted) =>
  database.connected(async (sql) => {
    const ids = [...accepted.keys()];
    const { rows } = await sql.query<{ id: string }>(
      "SELECT id FROM unnest($1::uuid[]) AS id WHERE id NOT IN (SELECT id FROM inference_requests)",
      [ids],
    );
    return rows.map(({ id }) => id);
  });

const without = (accepted: Accepted, ids: readonly string[]): Accepted =>
  new Map([...accepted].filter(([id]) => !ids.includes(id)));

/** Every chain holds; what is compared is the restored database with itself. */
async function verifyChains(): Promise<number> {
  const db = createDb({ url: database.url(), poolMax: 1 });
  try {
    const secret = Buffer.from(stack.env.BLIND_INDEX_KEY ?? "", "base64");
    const chains = await listAuditChains(db, []);
    for (const chain of chains) {
      const orgId = chain === "system" ? null : chain;
      expect((await verifyAuditChain(db, { orgId, secret, heads: [] })).fault, chain).toBeUndefined();
    }
    return chains.length;
  } finally {
    await db.$disconnect();
  }
}

/** A restored row may be queued while its message was answered for long ago: recovery sends it again after five minutes. */
const RESENT_MS = 400_000;

async function booksHold(sql: pg.Client, customer: Customer, accepted: Accepted): Promise<void> {
  await untilAllEnded(sql, customer, RESENT_MS);
  await auditBooks(sql, customer, accepted);
}

const table: Record<string, string | number>[] = [];
afterAll(() => console.table(table));

let ada: Customer;
let early: Accepted;
let moment: Date;
let erased: string;

it("a lost disk costs at most what was not archived yet; books and audit log hold", async () => {
  ada = await database.connected((sql) => openCustomer(processes.url, sql));
  const { accepted: before } = await submit(ada, 40, "before the backup");
  await database.backUp();
  const { accepted: after } = await submit(ada, 40, "after the backup");
  const person = await registerCustomer(http);
  await database.archiveNow();
  moment = new Date();
  early = new Map([...before, ...after]);

  erased = fromPublicId("org", person.orgId);
  const erasure = await http.post("/api/v1/me/erasure", {
    body: { email: person.email },
    as: person.accessToken,
  });
  expect(erasure.status, erasure.text).toBeLessThan(300);
  const { accepted: archived } = await submit(ada, 20, "after the erasure");
  await database.archiveNow();
  const { accepted: late } = await submit(ada, 20, "shortly before the loss");
  const accepted: Accepted = new Map([...early, ...archived, ...late]);

  const { databaseS, acceptedS } = await loseAndRestore(ada);
  const lost = await missing(accepted);
  // What had been archived is there; what is lost came after it.
  expect(lost.filter((id) => !late.has(id))).toEqual([]);
  await database.connected((sql) => booksHold(sql, ada, without(accepted, lost)));
  table.push({
    restored: "to the end of the archive",
    "database back (s)": databaseS.toFixed(1),
    "request accepted (s)": acceptedS.toFixed(1),
    "accepted requests lost": `${lost.length} of ${accepted.size}, all of the last ${ARCHIVE_TIMEOUT_S} s`,
    "audit chains that hold": await verifyChains(),
  });
});

it("a restored moment from before an erasure is erased again before anything is served", async () => {
  const { databaseS, acceptedS } = await loseAndRestore(ada, moment);
  expect(await missing(early)).toEqual([]);
  await database.connected(async (sql) => {
    await booksHold(sql, ada, early);
    await until(async () => {
      const { rows } = await sql.query<{ readable: number }>(
        "SELECT count(*)::int AS readable FROM data_keys WHERE subject_id = $1 AND destroyed_at IS NULL",
        [erased],
      );
      return rows[0]?.readable === 0;
    });
  });
  table.push({
    restored: `to ${moment.toISOString()}`,
    "database back (s)": databaseS.toFixed(1),
    "request accepted (s)": acceptedS.toFixed(1),
    "accepted requests lost": "0 of those before that moment",
    "audit chains that hold": await verifyChains(),
  });
});
