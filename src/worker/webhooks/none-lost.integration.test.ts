import { newId, toPublicId } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { createEndpoint, createEndpointInputSchema, emitEvents } from "@agathaai/core/webhooks";
import { Webhook } from "standardwebhooks";
import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Answer, type Call, Receiver } from "./testing/receiver";

const ENDPOINTS = 4;
const EVENTS = 125;

await useTestStack({ WEBHOOK_PRIVATE_TARGETS: "true" });

/** What came, and whether it was believed and answered with 200; by endpoint and event. */
const came = new Map<string, { calls: number; taken: boolean }>();
const forged: Call[] = [];
/** Endpoints whose next call is never answered, and the events of those calls. */
const silent = new Set<string>();
const unanswered: string[] = [];
const secrets = new Map<string, string>();
const calls = new Map<string, number>();

const receiver = new Receiver((call) => {
  const event = eventOf(call);
  if (event === undefined) {
    forged.push(call);
    return 401;
  }
  const key = `${call.path} ${event}`;
  const before = came.get(key) ?? { calls: 0, taken: false };
  const answer = answerTo(call.path, key);
  came.set(key, { calls: before.calls + 1, taken: before.taken || answer === 200 });
  return answer;
});
afterAll(() => receiver.kill());

/** Every fifth call fails and every seventh is cut off, whatever it is about. */
function answerTo(path: string, key: string): Answer {
  if (silent.delete(path)) {
    unanswered.push(key);
    return "silence";
  }
  const nr = (calls.get(path) ?? 0) + 1;
  calls.set(path, nr);
  if (nr % 5 === 0) return 500;
  return nr % 7 === 0 ? "hang-up" : 200;
}

const bodySchema = z.object({ type: z.literal("key.created"), data: z.object({ id: z.uuid() }) });

/** Which event a call is about; undefined where its signature is not of this endpoint's secret, or its id of another event. */
function eventOf({ path, headers, body }: Call): string | undefined {
  try {
    const { data } = bodySchema.parse(new Webhook(secrets.get(path) ?? "").verify(body, headers));
    return headers["webhook-id"] === toPublicId("evt", data.id) ? data.id : undefined;
  } catch {
    return undefined;
  }
}

const taken = () => [...came.values()].filter((one) => one.taken).length;

/** As time would: where an attempt failed, its pause is over. What is claimed stays claimed. */
const endPauses = () => db().$executeRaw`
  UPDATE webhook_deliveries d SET next_attempt_at = now()
  WHERE status = 'pending' AND next_attempt_at > now()
    AND EXISTS (SELECT FROM webhook_attempts a WHERE a.delivery_id = d.id AND a.number = d.attempts)`;

async function untilTaken(count: number): Promise<void> {
  await until(async () => {
    await endPauses();
    return taken() >= count;
  });
}

it("of 500 deliveries none is lost, forged or told twice as delivered, though the receiver fails, hangs and dies, and the worker dies", async () => {
  await receiver.start();
  const principal = await principalOf((await makeUser({ verified: true })).claims);
  for (let nr = 0; nr < ENDPOINTS; nr += 1) {
    const input = createEndpointInputSchema.parse({ url: `${receiver.url}/${nr}`, events: ["key.created"] });
    secrets.set(`/${nr}`, (await createEndpoint(db(), { principal, input })).secret);
  }
  const paths = [...secrets.keys()];
  const ids = Array.from({ length: EVENTS }, () => newId());
  const { orgId } = principal;
  await emitEvents(
    db(),
    ids.map((id) => ({ id, orgId, type: "key.created", data: { id } }) as const),
  );
  const processes = await startTestProcesses({ workers: 1 });

  await untilTaken(100);
  await receiver.kill();
  await until(
    async () => (await db().webhookAttempt.count({ where: { error: "refused the connection" } })) > 0,
  );
  await receiver.start();

  await untilTaken(200);
  for (const path of paths) silent.add(path);
  await until(async () => {
    await endPauses();
    return silent.size === 0;
  });
  // Dead while it waits for an answer of each: nothing of these attempts is recorded.
  for (const worker of processes.workers) await worker.kill();
  const left = await db().$executeRaw`
    UPDATE webhook_deliveries d SET next_attempt_at = now() WHERE status = 'pending' AND attempts > 0
      AND NOT EXISTS (SELECT FROM webhook_attempts a WHERE a.delivery_id = d.id AND a.number = d.attempts)`;
  expect(left).toBeGreaterThanOrEqual(ENDPOINTS);
  silent.add("/0");
  await processes.addWorker();
  await until(async () => {
    await endPauses();
    return (await db().webhookDelivery.count({ where: { status: "pending" } })) === 0;
  });

  expect(forged).toEqual([]);
  const all = paths.flatMap((path) => ids.map((id) => `${path} ${id}`)).sort();
  expect([...came.keys()].sort()).toEqual(all);
  expect([...came].filter(([, { taken }]) => !taken)).toEqual([]);
  expect(unanswered.filter((key) => (came.get(key)?.calls ?? 0) < 2)).toEqual([]);
  const log = await db().$queryRaw<{ event: string; status: string; delivered: number }[]>`
    SELECT substring(e.url FROM '/[0-9]+$') || ' ' || d.event_id AS event, d.status::text AS status,
      count(*) FILTER (WHERE a.error IS NULL AND a.status = 200)::int AS delivered
    FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
    LEFT JOIN webhook_attempts a ON a.delivery_id = d.id GROUP BY d.id, e.url`;
  expect(log.toSorted((a, b) => (a.event < b.event ? -1 : 1))).toEqual(
    all.map((event) => ({ event, status: "delivered", delivered: 1 })),
  );
  const errors = await db().webhookAttempt.groupBy({ by: ["error"], orderBy: { error: "asc" } });
  expect(errors.map(({ error }) => error)).toEqual(
    expect.arrayContaining([
      "closed the connection",
      "no response within 15 seconds",
      "refused the connection",
      "responded 500",
    ]),
  );
}, 180_000);
