import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** Speaks OpenAI's protocol, and remembers with which key it was called. */
export async function startProvider() {
  const callers: string[] = [];
  const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    callers.push(request.headers.authorization?.replace("Bearer ", "") ?? "nobody");
    const { model, stream } = text === "" ? {} : JSON.parse(text);
    const head = { id: "chatcmpl-1", created: 1, model };
    response.writeHead(200, { "content-type": stream ? "text/event-stream" : "application/json" });
    if (request.url?.endsWith("/embeddings")) {
      const data = [{ object: "embedding", index: 0, embedding: [0.1, 0.2] }];
      response.end(JSON.stringify({ object: "list", model, data, usage }));
    } else if (stream) {
      const chunk = (delta: object, reason: string | null, more = {}) =>
        `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: reason }], ...more })}\n\n`;
      response.write(chunk({ role: "assistant", content: "Agate" }, null));
      response.write(chunk({}, "stop"));
      response.write(
        `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [], usage })}\n\n`,
      );
      response.end("data: [DONE]\n\n");
    } else {
      const message = { role: "assistant", content: "Agate", refusal: null };
      const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
      response.end(JSON.stringify({ ...head, object: "chat.completion", choices, usage }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return { callers, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
