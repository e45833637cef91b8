import { describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { fromPublicId, newId } from "../../platform";
import { createDb } from "../../platform/db/client";
import {
  cancelInference,
  completeRequest,
  failRequest,
  getInference,
  getInferenceDetail,
  getInferenceResult,
  historyListSchema,
  inferenceDetailSchema,
  listHistory,
  resultViewSchema,
  statusViewSchema,
} from "../index";
import { answer, claim, hello, makeCaller, RecordingQueue, submit } from "../testing/world";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 10 });
const queue = new RecordingQueue();

const complete = async (requestId: string) =>
  completeRequest(db, { job: await claim(db, requestId), completion: answer, latencyMs: 5 });

describe("the views", () => {
  test("hold to their schemas in every state", async () => {
    const principal = await makeCaller(db);
    const { orgId } = principal;
    const states = {
      queued: await submit(db, queue, principal),
      processing: await submit(db, queue, principal),
      completed: await submit(db, queue, principal, { input: { ...hello, model: "gpt-4" } }),
      failed: await submit(db, queue, principal),
      cancelled: await submit(db, queue, principal),
    };
    await claim(db, states.processing);
    await complete(states.completed);
    await failRequest(db, {
      job: await claim(db, states.failed),
      error: { code: "content_filtered", message: "The provider refused this content." },
    });
    await cancelInference(db, { orgId, environment: "all", requestId: states.cancelled });
    for (const [status, requestId] of Object.entries(states)) {
      const key = { orgId, environment: "all", requestId } as const;
      expect(statusViewSchema.parse(await getInference(db, key)).status).toBe(status);
      expect(resultViewSchema.parse(await getInferenceResult(db, key)).status).toBe(status);
      expect(inferenceDetailSchema.parse(await getInferenceDetail(db, key)).status).toBe(status);
    }
    const list = historyListSchema.parse(await listHistory(db, { principal, query: { limit: 10 } }));
    expect(list.data.map(({ status }) => status)).toEqual(Object.keys(states).reverse());
    expect(list.data.find(({ status }) => status === "completed")?.model_notice).toContain("gpt-4.1");
  });

  test("the detail holds what was asked, what was answered and what it cost", async () => {
    const principal = await makeCaller(db);
    const requestId = await submit(db, queue, principal, {
      input: {
        model: "gpt-4o",
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Who was Agatha? 🪨" },
        ],
        temperature: 0.2,
        stop: ["END"],
        metadata: { order: "17" },
      },
    });
    await complete(requestId);
    expect(
      await getInferenceDetail(db, { orgId: principal.orgId, environment: "all", requestId }),
    ).toMatchObject({
      parameters: { temperature: 0.2, stop: ["END"] },
      metadata: { order: "17" },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Who was Agatha? 🪨" },
      ],
      max_output_tokens: 4_096,
      served_by: "gpt-4o",
      output: { content: "Hello." },
      receipt: {
        billable: true,
        price_version: "gpt-4o@2024-08-06",
        input_price_per_million_micros: 2_500_000,
        cost_micros: 2_750,
      },
      trace_id: "trace",
    });
  });
});

describe("the list", () => {
  test("pages through everything exactly once, newest first, while new requests arrive", async () => {
    const principal = await makeCaller(db, { environment: "test" });
    const ids: string[] = [];
    for (let index = 0; index < 25; index++) ids.push(await submit(db, queue, principal));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await listHistory(db, {
        principal,
        query: { limit: 10, ...(cursor === null ? {} : { cursor }) },
      });
      seen.push(...page.data.map(({ id }) => fromPublicId("inf", id)));
      cursor = page.next_cursor;
      await submit(db, queue, principal);
    } while (cursor !== null);
    // Two ids of one millisecond stand in the order of their random bits.
    expect(seen).toEqual(ids.toSorted().toReversed());
  });

  test("goes across the month's partitions in order", async () => {
    const principal = await makeCaller(db, { environment: "test" });
    const times = ["2026-10-31T23:59:59.999Z", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"];
    const ids: string[] = [];
    for (const time of times) {
      ids.push(await submit(db, queue, principal, { clock: { now: () => new Date(time) } }));
    }
    const first = await listHistory(db, { principal, query: { limit: 2 } });
    const rest = await listHistory(db, {
      principal,
      query: { limit: 2, cursor: first.next_cursor ?? "" },
    });
    expect([...first.data, ...rest.data].map(({ id }) => fromPublicId("inf", id))).toEqual(ids.toReversed());
  });

  test("filters by status and model", async () => {
    const principal = await makeCaller(db);
    await submit(db, queue, principal);
    await complete(await submit(db, queue, principal, { input: { ...hello, model: "gpt-4o-mini" } }));
    const count = async (filter: object) =>
      (await listHistory(db, { principal, query: { limit: 10, ...filter } })).data.length;
    expect(await count({})).toBe(2);
    expect(await count({ status: "completed" })).toBe(1);
    expect(await count({ model: "gpt-4o" })).toBe(1);
    expect(await count({ model: "gpt-4o", status: "completed" })).toBe(0);
  });

  test.each(["x", "AAAA", "'; DROP TABLE users; --", "a".repeat(27), "inf_01h455vb4pex5vsknk084sn02q"])(
    "the cursor %j is refused",
    async (cursor) => {
      const principal = await makeCaller(db);
      await expect(listHistory(db, { principal, query: { limit: 10, cursor } })).rejects.toMatchObject({
        code: "invalid_cursor",
        param: "cursor",
      });
    },
  );
});

describe("another organization", () => {
  test("learns nothing of a request and can do nothing to it", async () => {
    const [owner, stranger] = [await makeCaller(db), await makeCaller(db)];
    const requestId = await submit(db, queue, owner);
    const foreign = { orgId: stranger.orgId, environment: "all", requestId } as const;
    const unknown = { orgId: stranger.orgId, environment: "all", requestId: newId() } as const;
    for (const look of [getInference, getInferenceResult, getInferenceDetail, cancelInference]) {
      const error = await look(db, foreign).catch((reason: unknown) => reason);
      const same = await look(db, unknown).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "not_found", status: 404 });
      expect(error).toEqual(same);
    }
    expect((await listHistory(db, { principal: stranger, query: { limit: 10 } })).data).toEqual([]);
    expect(await getInference(db, { orgId: owner.orgId, environment: "all", requestId })).toMatchObject({
      status: "queued",
    });
  });

  test("gains nothing by a cursor of someone else's list", async () => {
    const [owner, stranger] = [await makeCaller(db), await makeCaller(db)];
    for (let index = 0; index < 3; index++) await submit(db, queue, owner);
    const { next_cursor } = await listHistory(db, { principal: owner, query: { limit: 1 } });
    const cursor = next_cursor ?? "";
    await expect(
      listHistory(db, { principal: stranger, query: { limit: 10, cursor } }),
    ).rejects.toMatchObject({ code: "invalid_cursor", param: "cursor" });
  });
});

test("a deleted request is gone from every view", async () => {
  const principal = await makeCaller(db);
  const requestId = await submit(db, queue, principal);
  await db.$executeRaw`UPDATE inference_requests SET deleted_at = now() WHERE id = ${requestId}::uuid`;
  const key = { orgId: principal.orgId, environment: "all", requestId } as const;
  for (const look of [getInference, getInferenceResult, getInferenceDetail, cancelInference]) {
    await expect(look(db, key)).rejects.toMatchObject({ code: "not_found" });
  }
  expect((await listHistory(db, { principal, query: { limit: 10 } })).data).toEqual([]);
});
