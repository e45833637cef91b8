import { Agent, request as open } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { FuzzRequest } from "./request";

export interface FuzzReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  ms: number;
}

/** Longer than any honest answer: `Prefer: wait=1` waits one second, hashing under load less. */
const TIMEOUT_MS = 15_000;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** Sends it as it is, over a client that corrects nothing. Each call has a network address of its own. */
export function send(
  base: URL,
  { method, path, headers, body }: FuzzRequest,
  { authorization, address }: { authorization: string | undefined; address: string },
): Promise<FuzzReply> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const fields = new Map(headers);
    if (authorization !== undefined && !fields.has("authorization"))
      fields.set("authorization", authorization);
    fields.set("x-forwarded-for", address);
    const outgoing = open(
      {
        agent,
        host: base.hostname,
        port: base.port,
        method,
        path,
        headers: {
          ...Object.fromEntries(fields),
          ...(body !== undefined && { "content-length": body.length }),
        },
        timeout: TIMEOUT_MS,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: decoded(Buffer.concat(chunks), incoming.headers["content-encoding"]).toString("utf8"),
            ms: performance.now() - started,
          }),
        );
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function decoded(body: Buffer, encoding: string | undefined): Buffer {
  if (body.length === 0) return body;
  if (encoding === "gzip") return gunzipSync(body);
  return encoding === "br" ? brotliDecompressSync(body) : body;
}
