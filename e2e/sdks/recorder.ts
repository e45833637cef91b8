import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface RecordedCall {
  path: string;
  status: number;
  body: unknown;
}

/**
 * Stands between a client and the product, byte for byte, and keeps what the client asked. The first call that says
 * "Retry me" it answers itself with a refusal as the product words one, so that the client's own retry is seen.
 */
export async function startRecorder(target: string) {
  const calls: RecordedCall[] = [];
  let refused = false;
  const server = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on("data", (piece) => pieces.push(piece));
    incoming.on("end", () => {
      const sent = Buffer.concat(pieces);
      if (!refused && sent.includes("Retry me")) {
        refused = true;
        outgoing.writeHead(503, {
          "content-type": "application/json",
          "retry-after-ms": "20",
          "x-should-retry": "true",
        });
        outgoing.end(
          '{"error":{"message":"Try again.","type":"server_error","param":null,"code":"service_unavailable"}}',
        );
        return;
      }
      const upstream = request(
        new URL(incoming.url ?? "/", target),
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          calls.push({
            path: incoming.url ?? "",
            status: answer.statusCode ?? 0,
            body: sent.length > 0 ? JSON.parse(sent.toString()) : null,
          });
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
          answer.on("error", () => outgoing.destroy());
        },
      );
      upstream.on("error", () => outgoing.destroy());
      outgoing.on("close", () => upstream.destroy());
      upstream.end(sent);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    retried: () => refused,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
