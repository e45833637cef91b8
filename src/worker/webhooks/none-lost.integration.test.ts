import { newId, toPublicId } from "@agathaai/core/platform";
import { db, Prisma } from "@agathaai/core/platform/db/client";
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
const came = new Map<string, { path: string; calls: number; taken: boolean }>();
const forged: Call[] = [];
/** Endpoints whose next call is never answered, and the events of those calls. */
const silent = new Set<string>();
const unanswered: string[] = [];
/** An endpoint whose next call is answered when the test says so, and the event of that call. */
const late = { path: "", key: "", answer: () => {} };
const secrets = new Map<string, string>();
const calls = new Map<string, number>();

const receiver = new Receiver(async (call) => {
  const event = eventOf(call);
  if (event === undefined) {
    forged.push(call);
    return 401;
  }
  const { path } = call;
  const key = `${path} ${event}`;
  const one = came.get(key) ?? { path, calls: 0, taken: false };
  came.set(key, one);
  one.calls += 1;
  while (!mayAnswer(path)) await new Promise<void>((resolve) => waiting.push(resolve));
  const answer = answerTo(path, key);
  one.taken ||= answer === 200;
  return answer;
});
afterAll(() => receiver.kill());

/** How many events each endpoint takes before further calls are answered: the workers do not overtake the test. */
let most = 0;
const waiting: (() => void)[] = [];
function allow(count: number): void {
  most = count;
  for (const goOn of waiting.splice(0)) goOn();
}
const mayAnswer = (path: string) => silent.has(path) || takenOf(path) < most;
const takenOf = (path: string) => [...came.values()].filter((one) => one.path === path && one.taken).length;

async function killReceiver(): Promise<void> {
  await receiver.kill();
  // Nobody waits for these answers any more.
  waiting.length = 0;
}

/** Every fifth call fails and every seventh is cut off, whatever it is about. */
function answerTo(path: string, key: string): Answer | Promise<Answer> {
  if (silent.delete(path)) {
    unanswered.push(key);
    return "silence";
  }
  if (late.path === path) {
    late.path = "";
    late.key = key;
    return new Promise((resolve) => {
      late.answer = () => resolve(200);
    });
  }
  if (late.key === key) return 200;
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

/** As time would: where an attempt failed, its pause is over. What is claimed stays claimed. */
const endPauses = () => db().$executeRaw`
  UPDATE webhook_deliveries d SET next_attempt_at = now()
  WHERE status = 'pending' AND next_attempt_at > now()
    AND EXISTS (SELECT FROM webhook_attempts a WHERE a.delivery_id = d.id AND a.number = d.attempts)`;

const nameOfDelivery = Prisma.sql`(SELECT substring(url FROM '/[0-9]+$') FROM webhook_endpoints WHERE id = endpoint_id) || ' ' || event_id`;

/** As sixty seconds would: claims of which nothing was heard have run out. Whose they were. */
async function endClaims(which: Prisma.Sql): Promise<string[]> {
  const ended = await db().$queryRaw<{ event: string }[]>`
    UPDATE webhook_deliveries d SET next_attempt_at = now() - interval '1 hour'
    WHERE status = 'pending' AND attempts > 0 AND ${which}
      AND NOT EXISTS (SELECT FROM webhook_attempts a WHERE a.delivery_id = d.id AND a.number = d.attempts)
    RETURNING ${nameOfDelivery} AS event`;
  return ended.map(({ event }) => event);
}

/** Statements of a process that is dead may still be under way. */
async function isAtRest(): Promise<boolean> {
  const busy = await db().$queryRaw<unknown[]>`
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend' AND state <> 'idle'`;
  return busy.length === 0;
}

async function untilOfDeliveries(condition: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => {
    await endPauses();
    return await condition();
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
  const untilTaken = async (count: number) => {
    allow(count);
    await untilOfDeliveries(() => paths.every((path) => takenOf(path) >= count));
  };
  const processes = await startTestProcesses({ workers: 2 });

  await untilTaken(25);
  await killReceiver();
  await untilOfDeliveries(
    async () => (await db().webhookAttempt.count({ where: { error: "refused the connection" } })) > 0,
  );
  await receiver.start();

  await untilTaken(50);
  for (const path of paths) silent.add(path);
  allow(50);
  await untilOfDeliveries(() => silent.size === 0);
  // Dead while they wait for an answer of each: nothing of these attempts is recorded.
  for (const worker of processes.workers) await worker.kill();
  await killReceiver();
  await until(isAtRest);
  const left = new Set(await endClaims(Prisma.sql`true`));
  expect(left.size).toBeGreaterThanOrEqual(ENDPOINTS);
  await receiver.start();
  await Promise.all([processes.addWorker(), processes.addWorker()]);

  // One is answered after its claim has run out, and another worker has delivered it.
  late.path = "/1";
  silent.add("/0");
  allow(EVENTS + 1);
  await untilOfDeliveries(() => late.key !== "");
  const isLate = Prisma.sql`${nameOfDelivery} = ${late.key}`;
  await endClaims(isLate);
  const isDelivered = () => db().$queryRaw<unknown[]>`
    SELECT 1 FROM webhook_deliveries WHERE status = 'delivered' AND ${isLate}`;
  await untilOfDeliveries(async () => (await isDelivered()).length === 1);
  late.answer();
  await untilOfDeliveries(
    async () => (await db().webhookDelivery.count({ where: { status: "pending" } })) === 0,
  );

  expect(forged).toEqual([]);
  const all = paths.flatMap((path) => ids.map((id) => `${path} ${id}`)).sort();
  expect([...came.keys()].sort()).toEqual(all);
  expect([...came].filter(([, { taken }]) => !taken)).toEqual([]);
  expect([...unanswered, late.key].filter((key) => (came.get(key)?.calls ?? 0) < 2)).toEqual([]);
  const log = await db().$queryRaw<{ event: string; status: string; delivered: number; unheard: number }[]>`
    SELECT ${nameOfDelivery} AS event, status::text AS status,
      (SELECT count(*)::int FROM webhook_attempts a WHERE a.delivery_id = d.id AND a.error IS NULL AND a.status = 200) AS delivered,
      attempts - (SELECT count(*)::int FROM webhook_attempts a WHERE a.delivery_id = d.id) AS unheard
    FROM webhook_deliveries d`;
  expect(log.toSorted((a, b) => (a.event < b.event ? -1 : 1))).toEqual(
    all.map((event) => ({
      event,
      status: "delivered",
      delivered: 1,
      // Nobody sent what another was sending, but where a claim had run out.
      unheard: event === late.key ? expect.any(Number) : Number(left.has(event)),
    })),
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
}, 300_000);
