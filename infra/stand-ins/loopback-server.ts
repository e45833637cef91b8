import type { IncomingMessage, Server } from "node:http";

/** Listens on the loopback address; port 0 picks a free one. Returns the port. */
export function listenOnLoopback(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("The server has no port."));
      else resolve(address.port);
    });
  });
}

/** Closes the server and every connection that is still open. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The whole body of a request. Throws when it is larger than `maxMegabytes`. */
export async function readBody(
  request: IncomingMessage,
  { maxMegabytes }: { maxMegabytes: number },
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > maxMegabytes * 1024 * 1024) throw new Error(`The request is larger than ${maxMegabytes} MiB.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
