import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface SqsProxy {
  url: string;
  /** Deletions that never reached the queue. */
  swallowed(): number;
  stop(): void;
}

/** A wire to SQS on which every DeleteMessage is lost: the caller hears nothing, and the message stays. */
export async function loseDeletions(endpoint: string): Promise<SqsProxy> {
  const target = new URL(endpoint);
  let swallowed = 0;
  const server = createServer((incoming, outgoing) => {
    if (String(incoming.headers["x-amz-target"]).includes("DeleteMessage")) {
      swallowed += 1;
      incoming.resume();
      return;
    }
    const forwarded = request(
      {
        hostname: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
    outgoing.on("close", () => forwarded.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    swallowed: () => swallowed,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
