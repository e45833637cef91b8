import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, type LiveStage, openLiveStage, targetAt } from "../../../../infra/testing/engine/live-stage";

const EVENTS = 40;
const PIECE = "agate";

let stage: LiveStage;
beforeAll(async () => {
  stage = await openLiveStage();
});
afterAll(() => stage.stop());

const event = (content: string, finish = "null") =>
  `data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"${content}"},"logprobs":null,"finish_reason":${finish}}]}\n\n`;

/** Each event a chunk of HTTP, all in one write to the socket; then its end, whole or broken off. */
async function provider(end: "whole" | "broken off") {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let sent = 0; sent < EVENTS; sent++) response.write(event(PIECE));
    if (end === "whole") response.end(`${event("", '"stop"')}data: [DONE]\n\n`);
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { server, engine: stage.engine({}, { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` }) };
}

it("hands over the events of one read together, each once and in order", async () => {
  const { server, engine } = await provider("whole");
  const { outcome, sizes, text } = await ask(engine, { targets: [targetAt("openai")] });
  server.close();
  expect(sizes.length).toBeLessThan(EVENTS / 4);
  expect(text.split(PIECE)).toHaveLength(EVENTS + 1);
  expect(outcome).toMatchObject({ result: "completed", delivered: { bytes: EVENTS * PIECE.length } });
});

it("hands over what came in the same read as a break, and counts it as delivered", async () => {
  const { server, engine } = await provider("broken off");
  const { outcome, text } = await ask(engine, { targets: [targetAt("openai")] });
  server.close();
  expect(text.split(PIECE)).toHaveLength(EVENTS + 1);
  expect(outcome).toMatchObject({
    result: "failed",
    started: true,
    delivered: { bytes: EVENTS * PIECE.length },
  });
});
