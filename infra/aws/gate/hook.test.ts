import { expect, it } from "vitest";
import { HOLD_SECONDS, type Observation, SILENCE_SECONDS } from "./gate";
import { type HookAnswer, onShift } from "./hook";

const service = "arn:aws:ecs:us-east-1:123456789012:service/cluster/api";
const green = "arn:aws:ecs:us-east-1:123456789012:service-revision/cluster/api/2";
const blue = "arn:aws:ecs:us-east-1:123456789012:service-revision/cluster/api/1";

const good: Observation = { requests: 5_000, errors: 0, p95Ms: 100 };

/** A deployment as ECS runs it: each share is offered until the hook no longer asks to wait. */
function deployment({
  freshAnswers = good,
  startAt = 1_000,
}: {
  freshAnswers?: Observation;
  startAt?: number;
} = {}) {
  let now = startAt;
  let share = 0;
  const asked: number[] = [];
  const outside = {
    weights: async () => ({ "group/green": share, "group/blue": 100 - share }),
    observe: async (group: string) => (group === "group/green" ? freshAnswers : good),
    nowSeconds: () => now,
    say: () => {},
  };
  const call = (percent: number, hookDetails: unknown, weights?: Record<string, number>) => {
    share = percent;
    asked.push(percent);
    return onShift(
      {
        executionId: "1",
        lifecycleStage: "PRODUCTION_TRAFFIC_SHIFT",
        resourceArn: "deployment",
        executionDetails: {
          serviceArn: service,
          targetServiceRevisionArn: green,
          testTrafficWeights: {},
          productionTrafficWeights: weights ?? { [green]: percent, [blue]: 100 - percent },
        },
        ...(hookDetails === undefined ? {} : { hookDetails }),
      },
      outside,
    );
  };
  /** Until the share is passed or refused; ECS keeps what the hook returned last. */
  async function run(percent: number, memory: unknown): Promise<HookAnswer & { waited: number }> {
    const began = now;
    let answer = await call(percent, memory);
    while (answer.hookStatus === "IN_PROGRESS") {
      now += answer.callBackDelay ?? 30;
      answer = await call(percent, answer.hookDetails);
    }
    return { ...answer, waited: now - began };
  }
  return { call, run, asked };
}

it("a good version is held ten minutes at 10 % and at 50 %, and nowhere else", async () => {
  const { run } = deployment();
  let memory: unknown;
  const waits: [number, number][] = [];
  for (let percent = 10; percent <= 100; percent += 10) {
    const { hookStatus, hookDetails, waited } = await run(percent, memory);
    expect(hookStatus).toBe("SUCCEEDED");
    memory = hookDetails;
    if (waited > 0) waits.push([percent, waited]);
  }
  expect(waits).toEqual([
    [10, HOLD_SECONDS],
    [50, HOLD_SECONDS],
  ]);
});

it("a version with errors is refused at its first share", async () => {
  const { run } = deployment({ freshAnswers: { requests: 1_000, errors: 50, p95Ms: 100 } });
  expect(await run(10, undefined)).toMatchObject({ hookStatus: "FAILED", waited: 0 });
});

it("a version that nobody asks is refused after half an hour", async () => {
  const { run } = deployment({ freshAnswers: { requests: 0, errors: 0 } });
  expect(await run(10, undefined)).toMatchObject({ hookStatus: "FAILED", waited: SILENCE_SECONDS });
});

it("a rollback is let through at once, from any share, with or without its memory", async () => {
  const { call } = deployment({ freshAnswers: { requests: 0, errors: 0 } });
  expect(await call(10, { fresh: "group/green", share: 50, since: 1_000 })).toEqual({
    hookStatus: "SUCCEEDED",
  });
  expect(await call(0, undefined)).toEqual({ hookStatus: "SUCCEEDED" });
  expect(await call(0, undefined, {})).toEqual({ hookStatus: "SUCCEEDED" });
});

it("at 50 %, without its memory, both halves have to be good", async () => {
  const { call } = deployment({ freshAnswers: { requests: 5_000, errors: 500, p95Ms: 100 } });
  expect((await call(50, undefined)).hookStatus).toBe("FAILED");
});

it("other stages, and memory that is no memory, hold nothing up", async () => {
  const { call } = deployment();
  expect((await call(20, "nonsense")).hookStatus).toBe("SUCCEEDED");
  expect(
    await onShift(
      {
        lifecycleStage: "POST_SCALE_UP",
        executionDetails: { serviceArn: service, targetServiceRevisionArn: green },
      },
      { weights: async () => ({}), observe: async () => good, nowSeconds: () => 0, say: () => {} },
    ),
  ).toEqual({ hookStatus: "SUCCEEDED" });
});
