import { expect, it } from "vitest";
import { until } from "../../infra/testing/until";
import { auditBooks, untilAllEnded } from "./support/books";
import { submitMany } from "./support/submit-many";
import { useInstallation } from "./support/use-installation";

const CONCURRENCY = 32;

const { stack, processes, sql, customer } = await useInstallation({ workers: 0 });

it("a server that is stopped under load answers every request it accepted", async () => {
  const who = await customer();
  await processes.addWorker();
  const submitting = submitMany(processes.url, who, {
    count: 300,
    pauseMs: 20,
    prompt: (n) => `Question ${n}`,
  });
  await until(async () => (await acceptedSoFar(who.orgId)) > 100);
  expect(await processes.server?.stop()).toBe(0);
  await processes.restartServer();
  const { accepted, refused } = await submitting;
  expect(refused).toBeGreaterThan(0);
  await untilAllEnded(sql, who);
  expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 300 });
});

it("lets a worker's calls finish within its grace", async () => {
  const who = await customer();
  const patient = { WORKER_LEASE_MS: "30000", PROVIDER_TIMEOUT_MS: "20000", SHUTDOWN_GRACE_MS: "30000" };
  const worker = await processes.addWorker(patient);
  const submitting = submitMany(processes.url, who, {
    count: 200,
    prompt: (n) => `Question ${n} [[sim:slow:1500]] [[nonce:grace-${n}]]`,
  });
  await until(() => stack.simulator.calls().in_flight >= 5);
  expect(await worker.stop()).toBe(0);
  const next = await processes.addWorker(patient);
  const { accepted } = await submitting;
  await untilAllEnded(sql, who);
  expect(await next.stop()).toBe(0);
  expect(await auditBooks(sql, who, accepted)).toEqual({
    completed: 200,
    failed: 0,
    cancelled: 0,
    attempts: 200,
  });
});

it("calls that outlast a stopping worker's grace period are released at once and count no attempt", async () => {
  const who = await customer();
  const worker = await processes.addWorker({
    SHUTDOWN_GRACE_MS: "300",
    PROVIDER_TIMEOUT_MS: "60000",
    WORKER_LEASE_MS: "60000",
  });
  const { accepted } = await submitMany(processes.url, who, {
    count: 200,
    // As many as one worker calls at once.
    prompt: (n) => `Question ${n} [[sim:slow:30000x${CONCURRENCY}:outlast]]`,
  });
  await until(() => stack.simulator.calls().in_flight === CONCURRENCY);
  const stoppedAt = performance.now();
  expect(await worker.stop()).toBe(0);
  // The calls themselves take thirty seconds.
  expect(performance.now() - stoppedAt).toBeLessThan(25_000);
  const { rows } = await sql.query<{ leased: number }>(
    "SELECT count(*)::int AS leased FROM inference_requests WHERE org_id = $1 AND lease_owner IS NOT NULL",
    [who.orgId],
  );
  expect(rows).toEqual([{ leased: 0 }]);
  const next = await processes.addWorker();
  await untilAllEnded(sql, who);
  expect(await next.stop()).toBe(0);
  expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 200, failed: 0 });
  // An attempt that was handed back has a number, and leaves as many as before.
  const { rows: left } = await sql.query(
    "SELECT DISTINCT max_attempts - attempts AS attempts FROM inference_requests WHERE org_id = $1",
    [who.orgId],
  );
  expect(left).toEqual([{ attempts: 4 }]);
});

async function acceptedSoFar(orgId: string): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM inference_requests WHERE org_id = $1",
    [orgId],
  );
  return rows[0]?.count ?? 0;
}
