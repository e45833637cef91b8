import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";

/** How the provider answers the next calls. */
export interface Script {
  /** Pieces of content. */
  pieces?: number;
  /** Characters of each. */
  pieceLength?: number;
  /** Milliseconds before the first one and between two. */
  waitMs?: number;
  paceMs?: number;
  /** After so many pieces the connection is reset. */
  breakAfter?: number;
  /** Never ends by itself. */
  endless?: boolean;
  /**
   * Says no more from here on, and keeps the connection: in the middle of the content (of a stream after `pieces`), or before
   * the frame that says why it ended, the one with the usage, the `[DONE]`.
   */
  silentBefore?: "content" | "finish" | "usage" | "done";
  /** Milliseconds between the frame that says why it ended and the one with the usage. */
  usageAfterMs?: number;
  status?: number;
  headers?: Record<string, string>;
}

export interface ScriptedCall {
  body: Record<string, unknown>;
  /** Pieces that went into the connection. */
  sent: number;
  /** When our side closed it, by `performance.now()`; undefined while it is open or ended as it should. */
  leftAt: number | undefined;
  ended: boolean;
}

/** OpenAI's chat protocol by a script: what the simulators' fixed answers cannot show (pace, breaks, hang-ups). */
export async function startScriptedProvider() {
  const calls: ScriptedCall[] = [];
  let script: Script = {};
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const call: ScriptedCall = {
      body: JSON.parse(Buffer.concat(parts).toString()),
      sent: 0,
      leftAt: undefined,
      ended: false,
    };
    calls.push(call);
    response.once("close", () => {
      if (!call.ended) call.leftAt = performance.now();
    });
    await play({ pieces: 5, pieceLength: 8, waitMs: 0, paceMs: 0, ...script }, call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    /** From here on; earlier calls are forgotten. */
    play(next: Script) {
      script = next;
      calls.length = 0;
    },
  };
}

const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const head = { id: "chatcmpl-upstream", created: 1, model: "gpt-4o-2024-08-06" };

async function play(
  script: Script & Required<Pick<Script, "pieces" | "pieceLength" | "waitMs" | "paceMs">>,
  call: ScriptedCall,
  response: ServerResponse,
): Promise<void> {
  await sleep(script.waitMs);
  if (script.status !== undefined) {
    response.writeHead(script.status, { "content-type": "application/json", ...script.headers });
    call.ended = true;
    response.end(JSON.stringify({ error: { message: "scripted", type: "server_error", code: null } }));
    return;
  }
  const text = "x".repeat(script.pieceLength);
  const closed = new Promise((resolve) => response.once("close", resolve));
  if (call.body.stream !== true) {
    await sleep(script.paceMs * script.pieces);
    if (response.destroyed) return;
    const message = { role: "assistant", content: text.repeat(script.pieces), refusal: null };
    response.writeHead(200, { "content-type": "application/json", "x-secret-of-the-provider": "1" });
    const answer = JSON.stringify({
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
      usage: USAGE,
    });
    call.sent = script.pieces;
    if (script.silentBefore !== undefined) {
      response.write(answer.slice(0, script.silentBefore === "content" ? answer.length / 2 : -1));
      return;
    }
    call.ended = true;
    response.end(answer);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream", "x-secret-of-the-provider": "1" });
  const frame = (choices: object[], usage: object | null = null) =>
    `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, usage })}\n\n`;
  const delta = (given: object, finish: string | null = null) =>
    frame([{ index: 0, delta: given, finish_reason: finish }]);
  response.write(delta({ role: "assistant", content: "" }));
  for (let piece = 0; script.endless || piece < script.pieces; piece += 1) {
    if (response.destroyed) return;
    if (piece === script.breakAfter) {
      call.ended = true;
      response.socket?.resetAndDestroy();
      return;
    }
    call.sent += 1;
    if (!response.write(delta({ content: text }))) {
      await Promise.race([new Promise((resolve) => response.once("drain", resolve)), closed]);
    }
    if (script.paceMs > 0 || piece % 16 === 15) await sleep(script.paceMs);
  }
  const rest = [
    { name: "finish", bytes: delta({}, "stop") },
    { name: "usage", bytes: frame([], USAGE) },
    { name: "done", bytes: "data: [DONE]\n\n" },
  ] as const;
  for (const { name, bytes } of rest) {
    if (script.silentBefore === "content" || script.silentBefore === name) return;
    if (name === "usage") await sleep(script.usageAfterMs ?? 0);
    if (response.destroyed) return;
    if (name === "done") call.ended = true;
    response.write(bytes);
  }
  response.end();
}
