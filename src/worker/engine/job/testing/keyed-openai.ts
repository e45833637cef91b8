import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** OpenAI's chat API, which answers each key as it is told to, and remembers who called for which model. */
export async function startKeyedOpenAi() {
  const calls: { key: string; model: string }[] = [];
  const statuses = new Map<string, number>();
  let slowMs = 0;
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const key = request.headers.authorization?.replace("Bearer ", "") ?? "";
    const { model } = JSON.parse(text);
    calls.push({ key, model });
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
    const status = statuses.get(key) ?? statuses.get(model) ?? 200;
    const message = { role: "assistant", content: key, refusal: null };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(
      status === 200
        ? JSON.stringify({
            id: "chatcmpl-1",
            object: "chat.completion",
            created: 1,
            model,
            choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
            usage: { prompt_tokens: 1_000, completion_tokens: 50, total_tokens: 1_050 },
          })
        : JSON.stringify({ error: { message: `No: ${key}`, type: "x", code: null } }),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    /** Its keys or models in the order of the calls. */
    keys: () => calls.map(({ key }) => key),
    models: () => calls.map(({ model }) => model),
    /** What a key, or a model, is answered from now on. */
    answer: (keyOrModel: string, status: number) => void statuses.set(keyOrModel, status),
    slow: (ms: number) => {
      slowMs = ms;
    },
    reset: () => {
      calls.length = 0;
      statuses.clear();
      slowMs = 0;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
