import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { closeServer, listenOnLoopback, readBody } from "../../stand-ins/loopback-server";

/** How Stripe is: as ever, late by so many milliseconds, answering every call with a status, or never. */
export type StripeMood = "well" | "hangs" | { lateMs: number } | { status: number };

export interface StripeProxy {
  url: string;
  mood: StripeMood;
  /** Every call since the last look, as "METHOD path". */
  calls: string[];
  /** Asked at each call, before it goes on. */
  onCall: ((call: string) => void | Promise<void>) | undefined;
  stop(): Promise<void>;
}

/** Stands before the stand-in and does what the wire, or Stripe in trouble, does. */
export async function startStripeProxy(target: string): Promise<StripeProxy> {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server);
  const proxy: StripeProxy = {
    url: `http://127.0.0.1:${port}`,
    mood: "well",
    calls: [],
    onCall: undefined,
    stop: () => closeServer(server),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, { maxMegabytes: 1 });
    const call = `${request.method} ${request.url?.split("?")[0]}`;
    proxy.calls.push(call);
    await proxy.onCall?.(call);
    const { mood } = proxy;
    if (mood === "hangs") return;
    if (mood !== "well" && "status" in mood) {
      const type = mood.status === 429 ? "rate_limit_error" : "api_error";
      response.writeHead(mood.status, { "content-type": "application/json", "retry-after": "7" });
      response.end(JSON.stringify({ error: { type, message: "out of order" } }));
      return;
    }
    if (mood !== "well") await sleep(mood.lateMs);
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === "string" && !["host", "connection", "content-length"].includes(name)
        ? [[name, value] as const]
        : [],
    );
    const answer = await fetch(new URL(request.url ?? "/", target), {
      method: request.method ?? "GET",
      headers: Object.fromEntries(headers),
      ...(body.length > 0 && request.method !== "GET" && { body: new Uint8Array(body) }),
    });
    response.writeHead(answer.status, {
      "content-type": "application/json",
      "request-id": answer.headers.get("request-id") ?? "",
    });
    response.end(await answer.text());
  }
  return proxy;
}
