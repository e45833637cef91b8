import { z } from "zod";
import { gate, type Observation, type Verdict } from "./gate";

const memorySchema = z
  .object({
    /** Target group of the new version. */
    fresh: z.string().optional(),
    /** The share seen last, and since when, in seconds since 1970. */
    share: z.number().optional(),
    since: z.number().optional(),
  })
  .catch({});

/** What ECS hands to a hook: "Lifecycle hooks for Amazon ECS service deployments". */
const eventSchema = z.object({
  lifecycleStage: z.string(),
  executionDetails: z.object({
    serviceArn: z.string(),
    targetServiceRevisionArn: z.string(),
    productionTrafficWeights: z.record(z.string(), z.number()).default({}),
  }),
  hookDetails: z.unknown().optional(),
});

export interface HookAnswer {
  hookStatus: "SUCCEEDED" | "FAILED" | "IN_PROGRESS";
  callBackDelay?: number;
  hookDetails?: Record<string, unknown>;
}

/** What the hook asks AWS. */
export interface Outside {
  /** Percent of each target group of the production rule. */
  weights(): Promise<Record<string, number>>;
  /** What a target group answered since then. */
  observe(targetGroup: string, sinceSeconds: number): Promise<Observation>;
  nowSeconds(): number;
  say(verdict: Verdict & { share: number }): void;
}

const SHIFT = "PRODUCTION_TRAFFIC_SHIFT";
const AGAIN_AFTER_SECONDS = 30;

/**
 * One call of ECS. It is called again while it answers IN_PROGRESS, and at each further step; what it has to remember
 * travels in `hookDetails`. A share that is lower than the last is a rollback.
 */
export async function onShift(raw: unknown, outside: Outside): Promise<HookAnswer> {
  const event = eventSchema.parse(raw);
  if (event.lifecycleStage !== SHIFT) return { hookStatus: "SUCCEEDED" };
  const { targetServiceRevisionArn, productionTrafficWeights } = event.executionDetails;
  const memory = memorySchema.parse(event.hookDetails ?? {});
  const now = outside.nowSeconds();

  const share = productionTrafficWeights[targetServiceRevisionArn];
  // Zero, or no weight at all: the target has nothing, which is where a rollback ends.
  const rollback = share === undefined || share === 0 || share < (memory.share ?? 0);
  if (rollback) {
    outside.say({ ...gate(atRollback(share ?? 0)), share: share ?? 0 });
    return { hookStatus: "SUCCEEDED" };
  }

  const weights = await outside.weights();
  const fresh = memory.fresh ?? onlyKeyOf(weights, share);
  const since = memory.share === share && memory.since !== undefined ? memory.since : now;
  const groups = Object.keys(weights);
  // Where nobody remembers which of two halves is new, both have to be good.
  const freshGroups = fresh === undefined ? groups : [fresh];
  const verdict = gate({
    share,
    secondsAtShare: now - since,
    rollback: false,
    fresh: await together(freshGroups, since, outside),
    before: await together(
      fresh === undefined ? [] : groups.filter((group) => group !== fresh),
      since,
      outside,
    ),
  });
  outside.say({ ...verdict, share });
  const hookDetails = { ...(fresh === undefined ? {} : { fresh }), share, since };
  if (verdict.decision === "fail") return { hookStatus: "FAILED" };
  if (verdict.decision === "hold")
    return { hookStatus: "IN_PROGRESS", callBackDelay: AGAIN_AFTER_SECONDS, hookDetails };
  return { hookStatus: "SUCCEEDED", hookDetails };
}

const nothing: Observation = { requests: 0, errors: 0 };
const atRollback = (share: number) => ({
  share,
  secondsAtShare: 0,
  rollback: true,
  fresh: nothing,
  before: nothing,
});

function onlyKeyOf(weights: Record<string, number>, share: number): string | undefined {
  const found = Object.entries(weights).filter(([, weight]) => weight === share);
  return found.length === 1 ? found[0]?.[0] : undefined;
}

async function together(groups: string[], since: number, outside: Outside): Promise<Observation> {
  const all = await Promise.all(groups.map((group) => outside.observe(group, since)));
  const slowest = all.flatMap(({ p95Ms }) => (p95Ms === undefined ? [] : [p95Ms]));
  return {
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    errors: all.reduce((sum, { errors }) => sum + errors, 0),
    p95Ms: slowest.length === 0 ? undefined : Math.max(...slowest),
  };
}
