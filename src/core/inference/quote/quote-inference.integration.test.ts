import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { boundCost, costOf, findModel, listModels, toTokenUsage } from "../../models";
import { newId, type Principal, timeOfId } from "../../platform";
import { createDb } from "../../platform/db/client";
import { monthOf } from "../../quota";
import {
  completeRequest,
  type InferenceInput,
  inferenceInputSchema,
  quoteInference,
  quoteViewSchema,
} from "../index";
import { answer, claim, hello, makeCaller, personOf, RecordingQueue, submit } from "../testing/world";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 8 });
const queue = new RecordingQueue();
afterAll(() => db.$disconnect());

const at = new Date();
const month = new Date(monthOf(at));
const quote = (principal: Principal, input: InferenceInput = hello) =>
  quoteInference(db, { principal, input });

const getOrganization = (id: string) =>
  db.organization.create({ data: { id, createdAt: at, updatedAt: at, nameCipher: Buffer.of(1) } });
async function agree(orgId: string, terms: { customMonthlyTokens?: bigint; monthlyCapMicros?: bigint }) {
  await getOrganization(orgId);
  await db.subscription.create({ data: { orgId, plan: "pro", createdAt: at, updatedAt: at, ...terms } });
}
const spend = (
  orgId: string,
  micros: { spentMicros?: bigint; reservedMicros?: bigint; usedTokens?: bigint },
) => db.quotaCounter.create({ data: { orgId, startsAt: month, updatedAt: at, ...micros } });

const models = listModels().data.filter(({ kind }) => kind === "chat");
const text = fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" });
const part = fc.record({ type: fc.constant("text" as const), text });
const image = fc.record({
  type: fc.constant("image_url" as const),
  image_url: fc.record(
    {
      url: fc.constant("https://example.com/agate.png"),
      detail: fc.constantFrom("auto" as const, "low" as const, "high" as const),
    },
    { requiredKeys: ["url"] },
  ),
});
const tool = fc.record({
  type: fc.constant("function" as const),
  function: fc.record({
    name: fc.stringMatching(/^[a-z_]{1,20}$/),
    description: text,
    parameters: fc.constant({ type: "object", properties: { place: { type: "string" } } }),
  }),
});
/** Bodies that this model takes. */
const bodies = fc.constantFrom(...models).chain(({ id, capabilities, max_output_tokens }) =>
  fc.record(
    {
      model: fc.constant(id),
      messages: fc.array(
        fc.oneof(
          fc.record({ role: fc.constantFrom("system" as const, "user" as const), content: text }),
          fc.record({
            role: fc.constant("user" as const),
            content: fc.array(capabilities.vision ? fc.oneof(part, image) : part, {
              minLength: 1,
              maxLength: 3,
            }),
          }),
        ),
        { minLength: 1, maxLength: 5 },
      ),
      max_tokens: fc.integer({ min: 1, max: Math.min(max_output_tokens, 4_000) }),
      ...(capabilities.tools && {
        tools: fc.uniqueArray(tool, {
          minLength: 1,
          maxLength: 3,
          selector: ({ function: { name } }) => name,
        }),
      }),
      ...(capabilities.json_object && {
        response_format: fc.constant({ type: "json_object" as const }),
      }),
    },
    { requiredKeys: ["model", "messages"] },
  ),
);

describe("quoteInference", () => {
  test("says to the token and the micro-dollar what acceptance then reserves, whatever is asked", async () => {
    const principal = await makeCaller(db, { plan: "enterprise" });
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const input = inferenceInputSchema.parse(body);
        const quoted = quoteViewSchema.parse(await quote(principal, input));
        const id = await submit(db, queue, principal, { input });
        const row = await db.inferenceRequest.findUniqueOrThrow({
          where: { id_createdAt: { id, createdAt: timeOfId(id) } },
        });
        expect(quoted).toMatchObject({
          tokens_reserved: Number(row.reservedTokens),
          max_output_tokens: row.maxOutputTokens,
          fits: true,
        });
        expect(quoted.input_tokens.most + quoted.max_output_tokens).toBe(quoted.tokens_reserved);
        expect(quoted.input_tokens.estimate).toBeLessThanOrEqual(quoted.input_tokens.most);
        expect(quoted.cost_micros.most).toBe(Number(row.reservedMicros));
        const sizes = { inputTokens: quoted.input_tokens.most, outputTokens: row.maxOutputTokens };
        expect(BigInt(quoted.cost_micros.most)).toBe(boundCost(findModel(input.model), sizes));
      }),
      { numRuns: 60 },
    );
  });

  test("writes nothing", async () => {
    const principal = await makeCaller(db);
    await quote(principal);
    const { orgId } = principal;
    expect(await db.inferenceRequest.count({ where: { orgId } })).toBe(0);
    expect(await db.quotaCounter.count({ where: { orgId } })).toBe(0);
  });

  test("fits exactly as long as acceptance takes it: one token less of quota, and it does not", async () => {
    const principal = await makeCaller(db);
    const { tokens_reserved } = await quote(principal);
    await agree(principal.orgId, { customMonthlyTokens: BigInt(tokens_reserved) });
    expect(await quote(principal)).toMatchObject({ fits: true, quota: { fits: true } });
    await db.subscription.update({
      where: { orgId: principal.orgId },
      data: { customMonthlyTokens: BigInt(tokens_reserved - 1) },
    });
    expect(await quote(principal)).toMatchObject({
      fits: false,
      quota: { limit: tokens_reserved - 1, remaining: tokens_reserved - 1, fits: false },
    });
    await expect(submit(db, queue, principal)).rejects.toMatchObject({ code: "quota_exceeded" });
  });

  test("tokens used and reserved by others reduce the headroom; overage removes the limit", async () => {
    const principal = await makeCaller(db);
    await agree(principal.orgId, { customMonthlyTokens: 1_000n });
    await spend(principal.orgId, { usedTokens: 900n });
    expect(await quote(principal)).toMatchObject({ fits: false, quota: { used: 900, remaining: 100 } });
    await db.subscription.update({
      where: { orgId: principal.orgId },
      data: { overage: true, stripeSubscriptionId: `sub_${principal.orgId}` },
    });
    expect(await quote(principal)).toMatchObject({ fits: true, quota: { overage: true, fits: true } });
    await submit(db, queue, principal);
  });

  test("respects the organization's cap: spent, reserved and requested together must not exceed it", async () => {
    const key = await makeCaller(db);
    const principal = personOf(key);
    const { cost_micros } = await quote(principal);
    const most = BigInt(cost_micros.most);
    await agree(principal.orgId, { monthlyCapMicros: 1_000n + most });
    await spend(principal.orgId, { spentMicros: 600n, reservedMicros: 400n });
    expect(await quote(principal)).toMatchObject({
      fits: true,
      spend: { cap_micros: 1_000 + Number(most), spent_micros: 600, reserved_micros: 400, fits: true },
      key_spend: null,
    });
    await db.quotaCounter.updateMany({ where: { orgId: principal.orgId }, data: { reservedMicros: 401n } });
    expect(await quote(principal)).toMatchObject({ fits: false, spend: { fits: false } });
    await expect(submit(db, queue, key)).rejects.toMatchObject({ code: "spend_cap_reached" });
  });

  test("a key has a cap of its own, which its predecessors' spend of this month counts against", async () => {
    const principal = { ...(await makeCaller(db)), spendId: newId() };
    const { orgId, apiKeyId, spendId } = principal;
    await getOrganization(orgId);
    await db.apiKey.create({
      data: {
        id: apiKeyId,
        orgId,
        spendId,
        name: "k",
        environment: "live",
        secretHash: Buffer.from(apiKeyId),
        prefix: "agt_live_",
        lastFour: "abcd",
        monthlyCapMicros: 2_000n,
        createdAt: at,
      },
    });
    expect(await quote(principal)).toMatchObject({ fits: true, key_spend: { cap_micros: 2_000 } });
    await db.keySpend.create({ data: { keyId: spendId, month, orgId, spentMicros: 1_900n, updatedAt: at } });
    expect(await quote(principal)).toMatchObject({
      fits: false,
      spend: { fits: true },
      key_spend: { spent_micros: 1_900, fits: false },
    });
    await expect(submit(db, queue, principal)).rejects.toMatchObject({ code: "spend_cap_reached" });
  });

  test("reserves nothing for simulated requests, of test keys and of people not yet verified, which always fit", async () => {
    const live = await makeCaller(db);
    await agree(live.orgId, { customMonthlyTokens: 0n, monthlyCapMicros: 0n });
    for (const principal of [
      { ...live, environment: "test" as const },
      personOf(live, { emailVerified: false }),
    ]) {
      expect(await quote(principal)).toMatchObject({
        environment: "test",
        tokens_reserved: 0,
        cost_micros: { estimate: 0, most: 0 },
        fits: true,
      });
    }
  });

  test("expects an answer as long as the organization's own recent ones, and makes none up", async () => {
    const principal = await makeCaller(db);
    expect((await quote(principal)).cost_micros).not.toHaveProperty("estimate");
    const id = await submit(db, queue, principal);
    await completeRequest(db, { job: await claim(db, id), completion: answer, latencyMs: 5 });
    const { cost_micros, input_tokens } = await quote(principal);
    const { outputTokens } = answer.usage;
    const expected = costOf(
      findModel("gpt-4o").priceVersion,
      toTokenUsage({ inputTokens: input_tokens.estimate, outputTokens }),
    );
    expect(cost_micros.estimate).toBe(Number(expected));
    expect((await quote(principal, { ...hello, model: "gpt-4" })).cost_micros).not.toHaveProperty("estimate");
  });

  test.each([
    [{ ...hello, model: "gpt-9" }, "model_not_found"],
    [{ ...hello, model: "gpt-4o-mini" }, "model_not_allowed"],
    [{ ...hello, max_tokens: 900_000 }, "invalid_request"],
    [{ ...hello, prompt: "x".repeat(1_200_000) }, "context_length_exceeded"],
  ])("refuses what submitting refuses, in the same words: %#", async (input, code) => {
    const principal = await makeCaller(db, { models: ["gpt-4o", "gpt-9"] });
    const refusal = await quote(principal, input).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code });
    await expect(submit(db, queue, principal, { input })).rejects.toEqual(refusal);
  });
});
