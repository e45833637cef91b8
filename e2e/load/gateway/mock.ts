import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FAILING, type MockCounts, USAGE } from "./mock-protocol";

// A provider that speaks OpenAI's chat completions and does nothing else: one answer, or one stream, some
// milliseconds after it was asked. In a process of its own, for its work is not the gateway's.

const delayMs = Number(process.argv[2] ?? "0");
/** Between two chunks; 0 writes the next one in the next turn. */
const paceMs = Number(process.argv[3] ?? "0");
const chunks = Number(process.argv[4] ?? "50");

const head = { id: "chatcmpl-mock", created: 1_790_000_000, model: "gpt-4o" };
const text = "An agate is a banded stone. ".repeat(8);
const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: text, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: USAGE,
  }),
);
const frame = (fields: object) =>
  Buffer.from(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", ...fields })}\n\n`);
const choice = (delta: object, reason: string | null = null) => ({
  choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
  usage: null,
});
const frames = [
  frame(choice({ role: "assistant", content: "", refusal: null })),
  ...Array.from({ length: chunks }, (_, index) => frame(choice({ content: ` word${index}` }))),
  frame(choice({}, "stop")),
  Buffer.concat([frame({ choices: [], usage: USAGE }), Buffer.from("data: [DONE]\n\n")]),
];

const counts: MockCounts = { answers: 0, streams: 0 };

function stream(response: ServerResponse, isFailing: boolean): void {
  let next = 0;
  const send = () => {
    const bytes = frames[next++];
    if (response.destroyed || bytes === undefined) return;
    if (isFailing && next > frames.length / 2) return void response.destroy();
    if (next === frames.length) {
      counts.streams += 1;
      response.end(bytes);
      return;
    }
    response.write(bytes);
    // The opening frame and the last two are not paced: a stream has as many pauses as chunks.
    if (paceMs > 0 && next > 1 && next <= chunks) setTimeout(send, paceMs);
    else setImmediate(send);
  };
  response.writeHead(200, { "content-type": "text/event-stream" });
  send();
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts).toString();
    const isStream = /"stream": ?true/.test(body);
    const isFailing = body.includes(FAILING);
    const answer = () => {
      if (isStream) return stream(response, isFailing);
      if (isFailing) return void response.writeHead(500).end();
      counts.answers += 1;
      response.writeHead(200, { "content-type": "application/json", "content-length": whole.length });
      response.end(whole);
    };
    if (delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  });
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 16_384 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on("message", () => process.send?.(counts));
process.once("disconnect", () => process.exit(0));
