import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { findModel } from "@agathaai/core/models";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  ask,
  contentOf,
  head,
  type LiveStage,
  openLiveStage,
  targetAt,
} from "../../../../infra/testing/engine/live-stage";
import { providerIds } from "../../../shared/providers";

let stage: LiveStage;

beforeAll(async () => {
  stage = await openLiveStage({ perTokenMs: 5 });
});
afterAll(() => stage.stop());
afterEach(() => {
  for (const simulator of Object.values(stage.simulators)) simulator.reset();
});

describe.each([...providerIds, "simulator"] as const)("%s", (provider) => {
  it("streams what it would say in one answer, under our id and the model's public name", async () => {
    const engine = stage.engine();
    const question = { targets: [targetAt(provider)] as const, prompt: "Why is the sky blue, 漢字 and ü?" };
    const streamed = await ask(engine, question);
    const whole = await ask(engine, { ...question, stream: false });
    expect(whole.outcome.answer).toMatchObject({
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: contentOf(streamed.text) } }],
    });
    expect(contentOf(streamed.text)).toContain("漢字 and ü");
    for (const { outcome } of [streamed, whole]) {
      expect(outcome).toMatchObject({ result: "completed", finishReason: "stop", attempts: [{ provider }] });
      expect(outcome.wireUsage).toMatchObject({ prompt_tokens: outcome.usage?.inputTokens });
    }
    expect(streamed.outcome.usage).toEqual(whole.outcome.usage);
    expect(streamed.answering).toHaveLength(1);
  });

  it("streams the pieces of a tool call, and ends with tool_calls", async () => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const tools = [{ type: "function" as const, function: { name: "get_weather", parameters } }];
    const { text, outcome } = await ask(stage.engine(), {
      targets: [targetAt(provider)],
      prompt: "Weather in Oslo?",
      input: { tools, tool_choice: { type: "function", function: { name: "get_weather" } } },
    });
    const calls = text
      .split("\n\n")
      .filter((event) => event !== "")
      .flatMap((event) => JSON.parse(event.slice(6)).choices[0].delta.tool_calls ?? []);
    expect(calls[0]).toMatchObject({ index: 0, type: "function", function: { name: "get_weather" } });
    expect(calls.every(({ index }) => index === 0)).toBe(true);
    expect(JSON.parse(calls.map((call) => call.function.arguments).join(""))).toHaveProperty("city");
    expect(outcome.finishReason).toBe("tool_calls");
  });
});

describe("a caller that hangs up", () => {
  it.each(providerIds)(
    "ends the call of %s within a second, and is told what was delivered",
    async (provider) => {
      const simulator = stage.simulators[provider];
      for (const stream of [true, false]) {
        const { outcome } = await ask(stage.engine(), {
          targets: [targetAt(provider)],
          stream,
          // A call that is still on its way would be counted in the next test.
          onStart: async (running) => {
            if (stream) return;
            await expect.poll(() => simulator.calls().in_flight, { interval: 5, timeout: 30_000 }).toBe(1);
            running.abort();
          },
          onFrames: (_bytes, running) => running.abort(),
        });
        expect(outcome).toMatchObject({
          result: "aborted",
          attempts: [{ outcome: "aborted" }],
          started: stream,
        });
        expect(outcome.delivered.bytes > 0).toBe(stream);
        await expect.poll(() => simulator.calls().in_flight, { timeout: 30_000 }).toBe(0);
        expect(simulator.calls().answered).toBe(0);
      }
    },
  );

  it("before anything was sent is told so at once, and no further attempt is made", async () => {
    stage.simulators.openai.behave("500");
    const { outcome } = await ask(stage.engine(), {
      targets: [targetAt("openai"), targetAt("deepseek")],
      onStart: (running) => running.abort(),
    });
    expect(outcome).toMatchObject({ result: "aborted", started: false, delivered: { bytes: 0, tokens: 0 } });
    await sleep(300);
    expect(stage.simulators.deepseek.calls().total).toBe(0);
  });
});

describe("a slow reader", () => {
  it("stops the provider's socket, and gets all of it in the end", async () => {
    const chunk = `data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"${"y".repeat(1_000)}"},"logprobs":null,"finish_reason":null}]}\n\n`;
    const total = 20_000;
    let written = 0;
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const pump = () => {
        while (written < total) {
          written++;
          if (!response.write(chunk)) return void response.once("drain", pump);
        }
        response.end(`${chunk.replace('"finish_reason":null', '"finish_reason":"stop"')}data: [DONE]\n\n`);
      };
      pump();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const engine = stage.engine({ idleMs: 1_500 }, { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` });
    let writtenWhilePaused = 0;
    let isFirst = true;
    const { outcome, sizes } = await ask(engine, {
      targets: [targetAt("openai")],
      onFrames: (_bytes, running) => {
        if (!isFirst) return;
        isFirst = false;
        running.pause();
        setTimeout(() => {
          writtenWhilePaused = written;
          running.resume();
        }, 2_000);
      },
    });
    server.close();
    expect(outcome.failure).toBeUndefined();
    // Longer than the idle limit, which is the provider's and not the reader's; and no more than the sockets hold.
    expect(writtenWhilePaused).toBeLessThan(total * 0.75);
    expect(outcome).toMatchObject({ result: "completed", delivered: { bytes: (total + 1) * 1_000 } });
    expect(Math.max(...sizes)).toBeLessThan(512 * 1_024);
  });

  it("holds the simulator up as well", async () => {
    let framesWhilePaused = 0;
    let isPaused = false;
    const { outcome } = await ask(stage.engine(), {
      targets: [targetAt("simulator")],
      onFrames: (_bytes, running) => {
        if (isPaused) framesWhilePaused++;
        if (isPaused) return;
        isPaused = true;
        running.pause();
        setTimeout(() => {
          isPaused = false;
          running.resume();
        }, 30);
      },
    });
    expect(framesWhilePaused).toBe(0);
    expect(outcome.result).toBe("completed");
  });
});

describe("limits", () => {
  it("end all attempts together after the whole time", async () => {
    for (const simulator of Object.values(stage.simulators)) simulator.behave("timeout");
    const { outcome } = await ask(stage.engine({ firstContentMs: 300, totalMs: 450 }), {
      targets: [targetAt("openai"), targetAt("deepseek"), targetAt("gemini")],
    });
    expect(outcome).toMatchObject({ result: "failed", failure: { kind: "timeout" } });
    expect(outcome.attempts.map((attempt) => attempt.outcome)).not.toContain("completed");
  });

  it("leave the next target its share where the first keeps silent, also for an answer in one piece and a model that thinks", async () => {
    stage.simulators.openai.behave("timeout");
    const engine = stage.engine({ wholeMs: 4_000, totalMs: 4_000 });
    for (const [stream, name] of [
      [false, "gpt-4o"],
      [true, "gpt-6.2-sol"],
    ] as const) {
      const targets = [targetAt("openai", { model: findModel(name) }), targetAt("deepseek")] as const;
      const { outcome } = await ask(engine, { targets, stream });
      expect(outcome).toMatchObject({ result: "completed", target: targets[1] });
      expect(outcome.attempts.map((attempt) => attempt.outcome)).toEqual(["timeout", "completed"]);
    }
  });

  it("give a stream's first content its own time, and an answer in one piece or a model that thinks the longer one", async () => {
    stage.simulators.openai.behave("timeout");
    const engine = stage.engine({ firstContentMs: 200, wholeMs: 400 });
    const limitOf = async (stream: boolean, name = "gpt-4o") => {
      const targets = [targetAt("openai", { model: findModel(name) })] as const;
      return (await ask(engine, { targets, stream })).outcome.failure?.message;
    };
    expect(await limitOf(true)).toContain("200 ms");
    expect(await limitOf(false)).toContain("400 ms");
    expect(await limitOf(true, "gpt-6.2-sol")).toContain("400 ms");
  });

  it("open a failing target's circuit, so that the next calls go elsewhere without waiting for it", async () => {
    stage.simulators.openai.behave("500");
    // No time passes: the pause after which one call may try again never ends.
    const engine = stage.engine({ attemptsPerTarget: 1 }, {}, () => 1_000);
    const targets = [targetAt("openai"), targetAt("deepseek")] as const;
    for (let call = 0; call < 5; call++) await ask(engine, { targets });
    const calls = stage.simulators.openai.calls().total;
    const { outcome } = await ask(engine, { targets });
    expect(outcome.attempts.map((attempt) => attempt.outcome)).toEqual(["skipped", "completed"]);
    expect(stage.simulators.openai.calls().total).toBe(calls);
    const alone = await ask(engine, { targets: [targetAt("openai")] });
    expect(alone.outcome).toMatchObject({ result: "failed", failure: { kind: "overloaded" } });
    expect(alone.outcome.failure?.retryAfterMs).toBeGreaterThan(0);
  });
});

it("sends OpenAI's own parameters on as they came, below ours, and usage is always asked for", async () => {
  const bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    bodies.push(JSON.parse(body));
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const engine = stage.engine({ attemptsPerTarget: 1 }, { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` });
  const extras = {
    logprobs: true,
    store: true,
    service_tier: "flex",
    something: { new: 1 },
    stream_options: { include_obfuscation: true },
  };
  // Each model after it gets its own.
  const targets = [
    targetAt("openai", { extras }),
    targetAt("openai", { extras: { user: "ada" } }),
    targetAt("openai"),
  ] as const;
  await ask(engine, { targets });
  server.close();
  const [first, second, third] = bodies;
  expect(second).toMatchObject({ user: "ada", service_tier: "default" });
  // OpenAI pads unless it is told not to.
  expect(second).toMatchObject({ stream_options: { include_obfuscation: false, include_usage: true } });
  expect(second).not.toHaveProperty("something");
  expect(third).not.toHaveProperty("user");
  expect(first).toMatchObject({
    model: "gpt-4o",
    max_tokens: 400,
    logprobs: true,
    something: { new: 1 },
    store: false,
    service_tier: "flex",
    stream: true,
    stream_options: { include_obfuscation: false, include_usage: true },
  });
});
