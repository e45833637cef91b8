import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";
import { type Wire, wireOf } from "./scripted-wires";

/** How the provider answers the next calls. */
export interface Script {
  /** Pieces of content. */
  pieces?: number;
  /** Characters of each. */
  pieceLength?: number;
  /** Nothing comes before that. */
  after?: Promise<void>;
  /** Milliseconds before the first one and between two. */
  waitMs?: number;
  paceMs?: number;
  /** Nothing is answered before this has come. */
  until?: Promise<void>;
  /** After so many pieces the connection is reset. */
  breakAfter?: number;
  /** After so many pieces of a stream of OpenAI's an event says that its policy forbids the rest. */
  forbidAfter?: number;
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
  path: string;
  body: Record<string, unknown>;
  /** Pieces that went into the connection. */
  sent: number;
  /** When our side closed it, by `performance.now()`; undefined while it is open or ended as it should. */
  leftAt: number | undefined;
  ended: boolean;
}

export type ScriptedProvider = Awaited<ReturnType<typeof startScriptedProvider>>;

/** A provider by a script, in the protocol of whoever calls: what the simulators' fixed answers cannot show (pace, breaks, hang-ups). */
export async function startScriptedProvider() {
  const calls: ScriptedCall[] = [];
  let script: Script = {};
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const path = request.url ?? "";
    const call: ScriptedCall = {
      path,
      body: JSON.parse(Buffer.concat(parts).toString()),
      sent: 0,
      leftAt: undefined,
      ended: false,
    };
    calls.push(call);
    response.once("close", () => {
      if (!call.ended) call.leftAt = performance.now();
    });
    await play({ pieces: 5, pieceLength: 8, waitMs: 0, paceMs: 0, ...script }, wireOf(path), call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const openAi = { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: "sk-scripted" };
  return {
    /** Variables that make it OpenAI for the product. */
    openAi,
    /** Variables that make it each of the providers. */
    env: {
      ...openAi,
      ...{ DEEPSEEK_BASE_URL: `http://127.0.0.1:${port}`, DEEPSEEK_API_KEY: "sk-scripted" },
      ...{ GEMINI_BASE_URL: `http://127.0.0.1:${port}`, GEMINI_API_KEY: "scripted" },
    },
    calls,
    /** From here on; earlier calls are forgotten. */
    play(next: Script) {
      script = next;
      calls.length = 0;
    },
  };
}

async function play(
  script: Script & Required<Pick<Script, "pieces" | "pieceLength" | "waitMs" | "paceMs">>,
  wire: Wire,
  call: ScriptedCall,
  response: ServerResponse,
): Promise<void> {
  await script.after;
  await sleep(script.waitMs);
  await script.until;
  if (script.status !== undefined) {
    response.writeHead(script.status, { "content-type": "application/json", ...script.headers });
    call.ended = true;
    response.end(JSON.stringify({ error: { message: "scripted", type: "server_error", code: null } }));
    return;
  }
  const text = "x".repeat(script.pieceLength);
  const closed = new Promise((resolve) => response.once("close", resolve));
  if (!wire.streams(call)) {
    await sleep(script.paceMs * script.pieces);
    if (response.destroyed) return;
    response.writeHead(200, { "content-type": "application/json", "x-secret-of-the-provider": "1" });
    const answer = wire.whole(text.repeat(script.pieces));
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
  response.write(wire.opening);
  for (let piece = 0; script.endless || piece < script.pieces; piece += 1) {
    if (response.destroyed) return;
    if (piece === script.breakAfter) {
      call.ended = true;
      response.socket?.resetAndDestroy();
      return;
    }
    if (piece === script.forbidAfter) {
      call.ended = true;
      const error = { message: "scripted", type: "invalid_request_error", code: "content_policy_violation" };
      response.end(`data: ${JSON.stringify({ error })}\n\n`);
      return;
    }
    call.sent += 1;
    if (!response.write(wire.piece(text, call.sent))) {
      await Promise.race([new Promise((resolve) => response.once("drain", resolve)), closed]);
    }
    if (script.paceMs > 0 || piece % 16 === 15) await sleep(script.paceMs);
  }
  for (const { name, bytes } of wire.rest) {
    if (script.silentBefore === "content" || script.silentBefore === name) return;
    if (name === "usage") await sleep(script.usageAfterMs ?? 0);
    if (response.destroyed) return;
    if (name === "done") call.ended = true;
    response.write(bytes);
  }
  response.end();
}
