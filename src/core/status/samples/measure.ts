import { providerIds } from "../../../shared/providers";
import type { ComponentId } from "../../../shared/status-components";
import { type Clock, type Db, MINUTE, SECOND } from "../../platform";
import { withTimeout } from "../../platform/concurrency/with-timeout";
import { log } from "../../platform/observability/log";
import type { Queue } from "../../platform/queue/queue";
import { getProviderHealth, hasProblems, type ProviderHealth } from "../../usage";
import { oldestDueSeconds } from "../../webhooks";
import type { ComponentState } from "../schemas";
import { PROBE_MS, type Probes } from "./probes";

export type Findings = Partial<Record<ComponentId, ComponentState>>;

/** A page or call that takes longer is slow to whoever waits for it. */
const SLOW_MS = 2 * SECOND;
/** As the alerts: docs/RUNBOOKS.md. */
const QUEUE_SECONDS = { degraded: 60, down: 300 };
const WEBHOOK_SECONDS = { degraded: 120, down: 900 };
const PROVIDER_WINDOW_MS = 5 * MINUTE;
/** From this share of organizations on, a provider that fails is down rather than having problems. */
const DOWN_SHARE = 0.5;

/**
 * What can be found of every component at this moment. A component that cannot be measured is left out: no finding is better
 * than a guess.
 */
export async function measureComponents(
  { db, queue, probes }: { db: Db; queue: Pick<Queue, "depths">; probes: Probes },
  clock: Clock,
): Promise<Findings> {
  const [api, portal, email, waiting, webhooks, providers] = await Promise.all([
    answers(() => probes.get("/api/ready")),
    answers(() => probes.get("/sign-in")),
    withTimeout(probes.mailServer(), PROBE_MS).then(
      () => "up" as const,
      () => "down" as const,
    ),
    known("queue", () => queueState(db, queue)),
    known("webhooks", async () => byAge(await oldestDueSeconds(db), WEBHOOK_SECONDS)),
    known("providers", () => getProviderHealth(db, clock, PROVIDER_WINDOW_MS)),
  ]);
  return {
    api,
    portal,
    email,
    ...(waiting !== undefined && { queue: waiting }),
    ...(webhooks !== undefined && { webhooks }),
    ...(providers !== undefined &&
      Object.fromEntries(providerIds.map((id) => [id, providerState(providers, id)]))),
  };
}

async function answers(ask: () => ReturnType<Probes["get"]>): Promise<ComponentState> {
  try {
    const { status, ms } = await ask();
    if (status !== 200) return "down";
    return ms > SLOW_MS ? "degraded" : "up";
  } catch {
    return "down";
  }
}

/** The age of the oldest accepted request that has not ended, and whether the queue itself answers. */
async function queueState(db: Db, queue: Pick<Queue, "depths">): Promise<ComponentState> {
  const [reachable, [oldest]] = await Promise.all([
    withTimeout(queue.depths(), PROBE_MS).then(
      () => true,
      () => false,
    ),
    db.$queryRaw<{ seconds: number | null }[]>`
      SELECT extract(epoch FROM now() - min(created_at))::float8 AS seconds
      FROM inference_requests WHERE status = 'queued' OR status = 'processing'`,
  ]);
  const state = byAge(oldest?.seconds ?? 0, QUEUE_SECONDS);
  // Without the queue requests are accepted and wait for it.
  return state === "up" && !reachable ? "degraded" : state;
}

function byAge(seconds: number, { degraded, down }: { degraded: number; down: number }): ComponentState {
  if (seconds > down) return "down";
  return seconds > degraded ? "degraded" : "up";
}

/** Judged by customers' live requests alone. Without any there is nothing to judge by, which is neither up nor down. */
export function providerState(health: readonly ProviderHealth[], provider: string): ComponentState {
  const of = health.find((one) => one.provider === provider);
  if (of === undefined) return "idle";
  if (!hasProblems(of)) return "up";
  return of.affected / of.organizations >= DOWN_SHARE && of.completedShare < DOWN_SHARE ? "down" : "degraded";
}

async function known<T>(component: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    log().warn({ err: error, component }, "a component could not be measured");
    return undefined;
  }
}
