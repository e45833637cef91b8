import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

interface HoldingProvider {
  /** As `OPENAI_BASE_URL`. */
  url: string;
  /** Calls that wait for their answer. */
  held(): number;
  /** Answers all of them, and whoever comes before the next `hold`. */
  release(): void;
  hold(): void;
}

const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const answer = JSON.stringify({
  ...{ id: "chatcmpl-upstream", object: "chat.completion", created: 1, model: "gpt-4o-2024-08-06" },
  choices: [
    { index: 0, message: { role: "assistant", content: "Held.", refusal: null }, finish_reason: "stop" },
  ],
  usage,
});

/** OpenAI's chat protocol, whose answers come when the test says so: until then every call holds its reservation. */
export async function startHoldingProvider(): Promise<HoldingProvider> {
  const waiting = new Set<() => void>();
  let holds = false;
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      const reply = () => {
        waiting.delete(reply);
        response.writeHead(200, { "content-type": "application/json" }).end(answer);
      };
      if (holds) waiting.add(reply);
      else reply();
      response.once("close", () => waiting.delete(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    held: () => waiting.size,
    hold: () => {
      holds = true;
    },
    release: () => {
      holds = false;
      for (const reply of [...waiting]) reply();
    },
  };
}
