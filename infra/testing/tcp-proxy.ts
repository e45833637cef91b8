import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";

/** A wire between a client and a service that can be cut: for tests and drills of an outage. */
export type TcpProxy = {
  port: number;
  /** Cuts every connection; new ones are refused, as when the service is down. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  /** Takes connections and bytes, and answers nothing, as when a network drops packets. `start` ends it. */
  hang(): void;
  /** Passes on what is sent, and no answer to it. `start` ends it. */
  mute(): void;
};

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let hanging = false;
  let muted = false;
  const server = createServer((client) => {
    const service = dial(targetPort, "127.0.0.1");
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on("data", (bytes) => {
        if (!hanging && !(muted && from === service)) to.write(bytes);
      });
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  const port = await listen(0);
  return {
    port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    start: async () => {
      if (hanging || muted) for (const socket of sockets) socket.destroy();
      hanging = false;
      muted = false;
      if (!server.listening) await listen(port);
    },
    hang: () => {
      hanging = true;
    },
    mute: () => {
      muted = true;
    },
  };
}
