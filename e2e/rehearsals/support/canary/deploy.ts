import { setTimeout as sleep } from "node:timers/promises";
import { type HookAnswer, onShift } from "../../../../infra/aws/gate/hook";
import type { Balancer } from "./balancer";
import type { Observed } from "./observe";

export interface Clock {
  /** How many of the gate's seconds are one of ours: its ten minutes are too long for a rehearsal. */
  speed: number;
  nowSeconds(): number;
}

export function fastClock(speed: number): Clock {
  const began = performance.now();
  return { speed, nowSeconds: () => Math.floor((speed * (performance.now() - began)) / 1_000) };
}

export interface Deployment {
  ended: "all traffic" | "rolled back";
  /** Where it was when it ended, in percent. */
  share: number;
  /** The gate's own words for its last decision. */
  because: string;
  /** `performance.now()` when the new version's share became zero, or a hundred. */
  at: number;
  /** Gate's decisions in their order, without repetition. */
  decisions: string[];
}

const REVISION = "service-revision/";

/**
 * Does what ECS does in a linear deployment: ten percent more at each step, and asks the hook, again and again while it says
 * IN_PROGRESS, with what it gave to remember. A refusal takes all traffic back at once.
 */
export async function deploy(
  versions: { fresh: string; before: string },
  outside: { balancer: Balancer; observed: Observed; clock: Clock },
): Promise<Deployment> {
  const { balancer, observed, clock } = outside;
  const decisions: string[] = [];
  let because = "";
  const route = (share: number) => {
    balancer.weights.set(versions.fresh, share);
    balancer.weights.set(versions.before, 100 - share);
  };
  const ask = (share: number, memory: unknown): Promise<HookAnswer> =>
    onShift(
      {
        lifecycleStage: "PRODUCTION_TRAFFIC_SHIFT",
        executionDetails: {
          serviceArn: "service/cluster/api",
          targetServiceRevisionArn: REVISION + versions.fresh,
          productionTrafficWeights: {
            [REVISION + versions.fresh]: share,
            [REVISION + versions.before]: 100 - share,
          },
        },
        ...(memory === undefined ? {} : { hookDetails: memory }),
      },
      {
        weights: async () =>
          Object.fromEntries(
            [versions.fresh, versions.before].map((name) => [name, balancer.weights.get(name) ?? 0]),
          ),
        observe: async (name, since) => observed.since(name, since),
        nowSeconds: clock.nowSeconds,
        say: (verdict) => {
          because = verdict.because;
          const line = `${verdict.share} %: ${verdict.decision}`;
          if (decisions.at(-1) !== line) decisions.push(line);
        },
      },
    );
  let memory: unknown;
  for (let share = 10; share <= 100; share += 10) {
    route(share);
    let answer = await ask(share, memory);
    while (answer.hookStatus === "IN_PROGRESS") {
      await sleep((1_000 * (answer.callBackDelay ?? 30)) / clock.speed);
      answer = await ask(share, answer.hookDetails);
    }
    memory = answer.hookDetails;
    if (answer.hookStatus === "FAILED") {
      route(0);
      const at = performance.now();
      const reason = because;
      const back = await ask(0, memory);
      if (back.hookStatus !== "SUCCEEDED") throw new Error("the hook held up a rollback");
      return { ended: "rolled back", share, because: reason, at, decisions };
    }
  }
  return { ended: "all traffic", share: 100, because, at: performance.now(), decisions };
}
