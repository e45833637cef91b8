import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Credentials } from "../../../../infra/testing/certificates";

/** TLS in front of a service that speaks none itself, with a certificate that can be changed, and a wire that can be cut. */
export interface TlsWire {
  port: number;
  /** Shows another certificate from now on. Connections of before end, as they do when a service gets a new one. */
  present(credentials: Credentials): void;
  /** Ends every connection; new ones are taken. */
  drop(): void;
  /** Ends every connection and refuses new ones, as when the service is down. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** What a client of PostgreSQL sends to ask for TLS, and the answer "yes" (protocol 3.0, SSLRequest). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const YES = "S";

export async function startTlsWire(
  targetPort: number,
  credentials: Credentials,
  { postgres = false }: { postgres?: boolean } = {},
): Promise<TlsWire> {
  const sockets = new Set<Socket>();
  let shown = credentials;

  const carry = (client: Socket) => {
    const secure = new TLSSocket(client, { isServer: true, ...shown });
    const service = dial(targetPort, "127.0.0.1");
    for (const [from, to] of [
      [secure, service],
      [service, secure],
    ] as const) {
      from.setNoDelay(true);
      from.on("error", () => undefined);
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  };
  const server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => undefined);
    client.on("close", () => sockets.delete(client));
    if (!postgres) return carry(client);
    client.once("data", (bytes) => {
      if (!bytes.equals(SSL_REQUEST)) return client.destroy();
      client.write(YES);
      carry(client);
    });
  });
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  const port = await listen(0);
  return {
    port,
    drop,
    present: (next) => {
      shown = next;
      drop();
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      drop();
      await closed;
    },
    start: async () => {
      if (!server.listening) await listen(port);
    },
  };
}
