import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { startCheckout } from "@agathaai/core/billing";
import { makeExports, requestExport } from "@agathaai/core/exports";
import { cancelInference, flushSends, submitInference } from "@agathaai/core/inference";
import { announceExpiringKeys, createKey, createKeyInputSchema, revokeKey } from "@agathaai/core/keys";
import {
  acceptInvitation,
  inviteMember,
  removeMember,
  removeMemberInputSchema,
} from "@agathaai/core/members";
import { listModels } from "@agathaai/core/models";
import { DAY, fromPublicId, newId, type Principal, toPublicId } from "@agathaai/core/platform";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { db } from "@agathaai/core/platform/db/client";
import { log } from "@agathaai/core/platform/observability/log";
import { queue } from "@agathaai/core/platform/queue/queue";
import { storage } from "@agathaai/core/platform/storage";
import { announceRetiringModels } from "@agathaai/core/usage";
import { notifyThresholds, recordThresholds } from "@agathaai/core/usage-alerts";
import { createEndpoint, createEndpointInputSchema, eventTypeIds } from "@agathaai/core/webhooks";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Buyer, makeBuyer } from "../../../infra/testing/stripe/buyers";
import { payOn } from "../../../infra/testing/stripe/hosted-pages";
import { useStripeStack } from "../../../infra/testing/stripe/use-stripe-stack";
import { until } from "../../../infra/testing/until";
import type { EventType } from "../../shared/webhooks/events";
import { type EventExample, eventExamples } from "../../shared/webhooks/examples";
import { createJobContext } from "../engine/job/job-context";
import { runJob } from "../engine/job/run-job";
import { deliverWebhooks } from "./deliver-webhooks";

const { stripe, standIn, deliver, stack } = await useStripeStack({ WEBHOOK_PRIVATE_TARGETS: "true" });
const stop = new AbortController();
let sender: Promise<void>;
let target: string;
/** What was received, by path. */
const got: { path: string; headers: IncomingMessage["headers"]; body: string }[] = [];
const receiver = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  got.push({ path: request.url ?? "", headers: request.headers, body });
  response.end();
});
/** Wants every event, and does nothing. */
let bystander: { path: string };

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  target = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  bystander = await listen(await makeBuyer());
  sender = deliverWebhooks({ db: db(), log: log() }, stop.signal);
});
afterAll(async () => {
  stop.abort();
  await sender;
  receiver.closeAllConnections();
  receiver.close();
  storage().close();
  await queue().close();
});

/** An endpoint for every event of an organization. */
async function listen({ principal }: Buyer) {
  const path = `/${principal.orgId}`;
  const input = createEndpointInputSchema.parse({ url: target + path, events: [...eventTypeIds] });
  const { secret } = await createEndpoint(db(), { principal, input });
  return { path, secret };
}

const live = (principal: Buyer["principal"]): Principal => ({ ...principal, environment: "live" });

async function submit({ principal }: Buyer, prompt: string): Promise<string> {
  const { accepted } = await submitInference(db(), queue(), {
    principal: live(principal),
    input: { model: "gpt-4o", max_tokens: 64, prompt, environment: "live" },
    traceId: randomUUID(),
  });
  await flushSends();
  return fromPublicId("inf", accepted.id);
}

/** Submits a request and does a worker's job with it. */
async function ask(who: Buyer, prompt: string): Promise<void> {
  const body = JSON.stringify({ request_id: await submit(who, prompt) });
  const message = { id: "m", receiptHandle: "r", body, receiveCount: 1, queueName: "standard" as const };
  await runJob(createJobContext(), message, { shutdown: stop.signal });
}

async function makeKey({ principal }: Buyer, days?: number): Promise<string> {
  const expires = days === undefined ? {} : { expires_at: new Date(Date.now() + days * DAY).toISOString() };
  const input = createKeyInputSchema.parse({ name: "CI", environment: "live", ...expires });
  return fromPublicId("key", (await createKey(db(), { principal, input })).id);
}

async function join({ principal }: Buyer): Promise<Buyer> {
  const guest = await makeBuyer();
  await inviteMember(db(), { principal, input: { email: guest.email, role: "developer" } });
  await drainAfterResponse();
  const texts = stack.mailbox.messagesTo(guest.email).map(({ text }) => text);
  const token = texts
    .map((text) => /\/invite\?token=([\w-]+)/.exec(text)?.[1])
    .find((one) => one !== undefined);
  await acceptInvitation(db(), { principal: guest.principal, token: token ?? "none was emailed" });
  return guest;
}

async function buy({ principal }: Buyer, card: "pays" | "fails_later"): Promise<void> {
  const { url } = await startCheckout(db(), stripe, { principal, plan: "pro" });
  await payOn(url, card);
  await deliver();
}

/** A model whose end is known, as somebody uses it a month before. */
async function useRetiringModel({ principal: { orgId } }: Buyer): Promise<Date> {
  const model = listModels().data.find(({ shutdown_date: day }) => day !== null && day > "2026-12");
  if (model?.shutdown_date == null) throw new Error("no model's end is known");
  const end = new Date(`${model.shutdown_date}T00:00:00Z`).getTime();
  const used = new Date(end - 29.5 * DAY);
  await db().$executeRaw`
    INSERT INTO usage_ledger (request_id, created_at, org_id, environment, model, provider, upstream_model, status, billable,
      input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, price_version, cost_micros, reserved_tokens,
      reserved_micros, latency_ms, settled_at)
    VALUES (${newId(used)}::uuid, ${used}::timestamptz, ${orgId}::uuid, 'live', ${model.id}, ${model.provider}, ${model.id},
      'completed', true, 1, 0, 1, 0, 'v', 1, 0, 0, 1, ${used}::timestamptz)`;
  return new Date(end - 29 * DAY);
}

/** For each event what happens in the product: a call of a customer, a worker's job, or one of the schedule's. */
const deeds: Record<EventType, (who: Buyer) => Promise<unknown>> = {
  "inference.completed": (who) => ask(who, "Why is the sky blue?"),
  "inference.failed": (who) => ask(who, "[[sim:400]] Why?"),
  "inference.cancelled": async (who) => {
    const requestId = await submit(who, "Why is the sky blue?");
    await cancelInference(db(), { orgId: who.principal.orgId, environment: "live", requestId });
  },
  "usage.threshold": async (who) => {
    await ask(who, "Why?");
    const { orgId } = who.principal;
    await db().quotaCounter.updateMany({ where: { orgId }, data: { usedTokens: 79_999n } });
    await ask(who, "Why is the sky blue?");
    await recordThresholds(db());
    await notifyThresholds(db());
  },
  "key.created": (who) => makeKey(who),
  "key.expiring": async (who) => {
    await makeKey(who, 3);
    await announceExpiringKeys(db());
  },
  "key.revoked": async (who) => {
    await revokeKey(db(), { principal: who.principal, input: { id: await makeKey(who) } });
  },
  "subscription.updated": (who) => buy(who, "pays"),
  "invoice.payment_failed": async (who) => {
    await buy(who, "fails_later");
    standIn.advance({ days: 32 });
    await deliver();
  },
  "member.added": (who) => join(who),
  "member.removed": async (who) => {
    const { userId } = (await join(who)).principal;
    const input = removeMemberInputSchema.parse({ user_id: toPublicId("usr", userId), keys: "end" });
    await removeMember(db(), { principal: who.principal, input });
  },
  "model.retiring": async (who) => {
    const now = await useRetiringModel(who);
    await announceRetiringModels(db(), { now: () => now });
  },
  "export.ready": async (who) => {
    await requestExport(db(), { principal: who.principal, subject: "organization" });
    await makeExports(db());
  },
};

function expectAsDocumented(data: Record<string, unknown>, { data: example, nullable }: EventExample): void {
  expect(Object.keys(data).sort()).toEqual(Object.keys(example).sort());
  for (const [name, value] of Object.entries(data)) {
    if (value === null) expect(nullable, name).toContain(name);
    else if (example[name] !== null) expect(typeof value, name).toBe(typeof example[name]);
  }
}

it.each(eventTypeIds)(
  "%s is sent by what happens in the product, signed and as documented, to its own organization alone",
  async (type) => {
    const who = await makeBuyer();
    const { path, secret } = await listen(who);
    await deeds[type](who);
    const received = () => got.filter((event) => event.path === path && JSON.parse(event.body).type === type);
    await until(() => received().length > 0, 30_000);
    const events = received();
    expect(new Set(events.map(({ headers }) => headers["webhook-id"])).size).toBe(events.length);
    for (const { headers, body } of events) {
      const event = new Webhook(secret).verify(body, headers as Record<string, string>);
      expect(Object.keys(event as object).sort()).toEqual(
        ["data", "environment", "organization_id", "timestamp", "type"].sort(),
      );
      expect(event).toMatchObject({
        organization_id: toPublicId("org", who.principal.orgId),
        environment: "live",
      });
      expectAsDocumented((event as { data: Record<string, unknown> }).data, eventExamples[type]);
      expect(body).not.toContain(who.email);
    }
    expect(got.filter((event) => event.path === bystander.path)).toEqual([]);
  },
  60_000,
);

it("what the guide shows of an event is what its type says", () => {
  for (const type of eventTypeIds) {
    const { data, nullable }: EventExample = eventExamples[type];
    for (const name of Object.keys(data).filter((field) => data[field] === null))
      expect(nullable).toContain(name);
    for (const name of nullable) expect(Object.keys(data)).toContain(name);
  }
});
