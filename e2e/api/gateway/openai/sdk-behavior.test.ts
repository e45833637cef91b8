import { fromPublicId } from "@agathaai/core/platform";
import OpenAI from "openai";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { until } from "../../../../infra/testing/until";
import { heldTokens, idOfOpenCall, ledgerRow, moneyOf } from "../../../support/ledger";
import { makeKey } from "../../../support/people";
import { startScriptedProvider } from "../../../support/provider/scripted-provider";
import { useGateway } from "../testing/use-gateway";

/** What OpenAI's own SDK does by itself: error classes, retries, aborts, time-outs, its helpers. OpenAI is scripted here. */

const provider = await startScriptedProvider();
const { api, ada, key } = await useGateway({ env: provider.openAi });
beforeEach(() => provider.play({}));

type Options = NonNullable<ConstructorParameters<typeof OpenAI>[0]>;
const client = (options: Options = {}) => new OpenAI({ apiKey: key, baseURL: `${api.url}/v1`, ...options });
const messages = [{ role: "user" as const, content: "Name three kinds of agate." }];
const ask = { model: "gpt-4o", messages, max_tokens: 500 };

describe("each error is raised as the SDK's own class, with code and request id", () => {
  type Refused = (openai: OpenAI) => PromiseLike<unknown>;
  const create: (more: object, headers?: Record<string, string>) => Refused =
    (more, headers = {}) =>
    (openai) =>
      openai.chat.completions.create({ ...ask, ...more }, { headers });
  /** The SDK names the header of idempotency itself where it is given one. */
  const again = { "Idempotency-Key": "sdk-behavior-1" };
  const cases: [string, string, number, string, () => Promise<{ as?: string; call: Refused }>][] = [
    [
      "BadRequestError",
      "invalid_request",
      400,
      "temperature",
      async () => ({ call: create({ temperature: 7 }) }),
    ],
    [
      "AuthenticationError",
      "invalid_api_key",
      401,
      "",
      async () => ({ as: "agt_live_nothing", call: create({}) }),
    ],
    [
      ...(["PermissionDeniedError", "model_not_allowed", 403, "model"] as const),
      async () => ({ as: await makeKey(api, ada, { models: ["gpt-4.1"] }), call: create({}) }),
    ],
    ["NotFoundError", "model_not_found", 404, "model", async () => ({ call: create({ model: "gpt-0" }) })],
    [
      ...(["UnprocessableEntityError", "idempotency_mismatch", 422, "Idempotency-Key"] as const),
      async () => {
        await create({}, again)(client());
        return { call: create({ max_tokens: 501 }, again) };
      },
    ],
    [
      ...(["RateLimitError", "rate_limit_exceeded", 429, ""] as const),
      async () => {
        const as = await makeKey(api, ada, { rpm_limit: 1 });
        await create({})(client({ apiKey: as }));
        return { as, call: create({}) };
      },
    ],
    [
      ...(["InternalServerError", "provider_error", 502, ""] as const),
      async () => {
        provider.play({ status: 500 });
        return { call: create({}) };
      },
    ],
    [
      // It has no class of its own for a bill that is not paid.
      ...(["APIError", "spend_cap_reached", 402, "x-max-cost"] as const),
      async () => ({ call: create({}, { "x-max-cost": "0.000001" }) }),
    ],
  ];

  it.each(cases)("%s: %s", async (name, code, status, param, arrange) => {
    const { as = key, call } = await arrange();
    const error = await Promise.resolve(call(client({ apiKey: as, maxRetries: 0 }))).then(
      () => new Error("nothing was refused"),
      (raised: unknown) => raised,
    );
    if (!(error instanceof OpenAI.APIError)) throw error;
    expect(error.constructor.name).toBe(name);
    expect(error).toMatchObject({ code, status, requestID: expect.stringMatching(/^req_[0-9a-f]{32}$/) });
    expect(error.param ?? "").toBe(param);
  });

  it("ConflictError: idempotency_in_flight", async () => {
    provider.play({ waitMs: 1_500 });
    const headers = { "Idempotency-Key": "sdk-behavior-2" };
    const first = client().chat.completions.create(ask, { headers });
    await until(() => provider.calls.length === 1);
    await expect(client({ maxRetries: 0 }).chat.completions.create(ask, { headers })).rejects.toThrow(
      OpenAI.ConflictError,
    );
    // With its retries it waits as it is told, and gets the first answer.
    const second = await client({ maxRetries: 8 }).chat.completions.create(ask, { headers });
    expect(second.id).toBe((await first).id);
    expect(provider.calls).toHaveLength(1);
  });
});

describe("its retries", () => {
  /** What each attempt of the SDK got. */
  function watched(onAnswer: (attempt: number) => void = () => undefined) {
    const seen: { status: number; retryAfterMs: string | null; shouldRetry: string | null }[] = [];
    const openai = client({
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        seen.push({
          status: response.status,
          retryAfterMs: response.headers.get("retry-after-ms"),
          shouldRetry: response.headers.get("x-should-retry"),
        });
        onAnswer(seen.length);
        return response;
      },
    });
    return { openai, seen };
  }

  it("come when retry-after-ms says, stream or not, until an answer comes, which alone is billed", async () => {
    for (const stream of [false, true]) {
      provider.play({ status: 429, headers: { "retry-after-ms": "40" } });
      const { openai, seen } = watched((attempt) => {
        if (attempt === 2) provider.play({});
      });
      const before = (await moneyOf(fromPublicId("org", ada.orgId))).rows ?? 0;
      const answer = await openai.chat.completions.create({ ...ask, stream });
      if ("choices" in answer) expect(answer.choices[0]?.message.content).toMatch(/x/);
      else for await (const chunk of answer) expect(chunk.choices).toHaveLength(1);
      const refused = { status: 503, retryAfterMs: expect.stringMatching(/^\d+$/), shouldRetry: null };
      expect(seen).toEqual([refused, refused, { status: 200, retryAfterMs: null, shouldRetry: null }]);
      for (const { retryAfterMs } of seen.slice(0, 2))
        expect(Number(retryAfterMs)).toBeLessThanOrEqual(1_000);
      await expect
        .poll(() => moneyOf(fromPublicId("org", ada.orgId)), { timeout: 15_000 })
        .toMatchObject({ rows: before + 3, held: 0, tokens: 0, micros: 0 });
    }
  });

  it("do not come where no retry can help", async () => {
    const { openai, seen } = watched();
    await expect(openai.chat.completions.create({ ...ask, temperature: 7 })).rejects.toThrow(
      OpenAI.BadRequestError,
    );
    expect(seen).toEqual([{ status: 400, retryAfterMs: null, shouldRetry: "false" }]);
  });
});

describe("a call that its program gives up", () => {
  const left = () => until(() => provider.calls[0]?.leftAt !== undefined);

  it("in the middle of a stream ends at the provider too, and pays for what was delivered", async () => {
    for (const how of ["controller", "signal", "break"] as const) {
      provider.play({ endless: true, pieceLength: 40, paceMs: 10 });
      const stop = new AbortController();
      const stream = await client().chat.completions.create(
        { ...ask, stream: true },
        { signal: stop.signal },
      );
      let id = "";
      let pieces = 0;
      for await (const chunk of stream) {
        id = chunk.id;
        if ((chunk.choices[0]?.delta.content ?? "") !== "") pieces += 1;
        if (pieces < 5) continue;
        if (how === "controller") stream.controller.abort();
        else if (how === "signal") stop.abort();
        else break;
      }
      await left();
      const row = await ledgerRow(id);
      expect(row, how).toMatchObject({ status: "cancelled", billable: true, estimated: true });
      expect(Number(row.output_tokens), how).toBeGreaterThanOrEqual(50);
    }
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  });

  it("before a whole answer, by its signal or its time-out, ends at the provider too, and pays nothing", async () => {
    for (const how of ["signal", "timeout"] as const) {
      provider.play({ waitMs: 60_000 });
      const stop = new AbortController();
      const openai = client({ maxRetries: 0, ...(how === "timeout" && { timeout: 1_500 }) });
      const answer = openai.chat.completions.create(ask, { signal: stop.signal });
      const ended = expect(answer).rejects.toThrow(
        how === "signal" ? OpenAI.APIUserAbortError : OpenAI.APIConnectionTimeoutError,
      );
      await until(() => provider.calls.length === 1);
      const id = await idOfOpenCall();
      if (how === "signal") stop.abort();
      await ended;
      await left();
      expect(await ledgerRow(id), how).toMatchObject({
        status: "cancelled",
        billable: false,
        cost_micros: "0",
      });
    }
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  });
});

describe.each(["gemini-3.8-flash", "a test key"])("its helpers, with %s", (model) => {
  const kinds = z.object({ kinds: z.array(z.string()) });
  const arrange = async () =>
    model === "a test key"
      ? { openai: client({ apiKey: await makeKey(api, ada, { environment: "test" }) }), model: "gpt-4o" }
      : { openai: client(), model };

  it("parse an answer by a Zod schema, whole and streamed", async () => {
    const { openai, model } = await arrange();
    const body = { model, messages, response_format: zodResponseFormat(kinds, "agates") };
    const whole = await openai.chat.completions.parse(body);
    expect(kinds.parse(whole.choices[0]?.message.parsed)).toEqual(whole.choices[0]?.message.parsed);
    const streamed = await openai.chat.completions.stream(body).finalChatCompletion();
    expect(kinds.parse(streamed.choices[0]?.message.parsed)).toEqual(streamed.choices[0]?.message.parsed);
  });

  it("run a tool until the model speaks, whole and streamed", async () => {
    const { openai, model } = await arrange();
    const asked: unknown[] = [];
    const weather = zodFunction({
      name: "weather",
      parameters: z.object({ city: z.string() }),
      function: ({ city }) => {
        asked.push(city);
        return "Sunny";
      },
    });
    const question = [{ role: "user" as const, content: "Ask weather about Oslo." }];
    const whole = await openai.chat.completions
      .runTools({ model, messages: question, tools: [weather] })
      .finalContent();
    const streamed = await openai.chat.completions
      .runTools({ model, messages: question, tools: [weather], stream: true })
      .finalContent();
    for (const said of [whole, streamed]) expect(said).toMatch(/\S/);
    expect(asked).toEqual([expect.any(String), expect.any(String)]);
  });
});
