import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import type { Authority } from "../../../../infra/testing/certificates";

const closers: (() => void)[] = [];

/** Ends every receiver that was started. */
export function closeReceivers(): void {
  for (const close of closers.splice(0)) close();
}

/** A receiver of webhooks that answers as it is told to. */
export async function webhook(answer: RequestListener) {
  const got: { headers: Record<string, string>; body: string; sequences: number[] }[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { entries } = JSON.parse(body).data as { entries: { sequence: number }[] };
    const sequences = entries.map(({ sequence }) => sequence);
    got.push({ headers: request.headers as Record<string, string>, body, sequences });
    answer(request, response);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/audit`, got };
}

type Behavior = "takes" | "hangs" | "dies";

/** A syslog receiver over TLS, which reads octet-counted frames. */
export async function syslog(
  authority: Authority,
  names: Parameters<Authority["issue"]>[0] = { ip: "127.0.0.1" },
) {
  const behavior = { now: "takes" as Behavior };
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const wires = new Set<Socket>();
  const hung = new Set<Socket>();
  /** As a process that is killed with data that it has not read. */
  const reset = ({ remotePort }: Socket) => {
    for (const wire of wires) if (wire.remotePort === remotePort) wire.resetAndDestroy();
  };
  const server: TlsServer = createTlsServer(await authority.issue(names), (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let rest = Buffer.alloc(0);
    // Reads nothing and says nothing: the connection stands until somebody gives up.
    if (behavior.now === "hangs") return void hung.add(socket.pause());
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const blank = rest.indexOf(0x20);
        const length = Number(rest.subarray(0, blank).toString());
        if (blank === -1 || rest.length < blank + 1 + length) return;
        messages.push(rest.subarray(blank + 1, blank + 1 + length).toString("utf8"));
        rest = rest.subarray(blank + 1 + length);
        // In the middle of a batch, having read some of it.
        if (behavior.now === "dies" && messages.length % 7 === 3) return reset(socket);
      }
    });
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.on("tlsClientError", () => undefined);
  server.on("connection", (wire) => {
    wires.add(wire);
    wire.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const entries = () =>
    messages.map(
      (message) => JSON.parse(message.slice(message.indexOf("\uFEFF") + 1)) as { sequence: number },
    );
  return {
    target: `127.0.0.1:${port}`,
    behavior,
    messages,
    sequences: () => entries().map(({ sequence }) => sequence),
    /** How many connections it lets wait. */
    hung: () => hung.size,
    /** As when its process is killed: what it has not read is lost. */
    cut: () => {
      for (const socket of sockets) reset(socket);
    },
  };
}
