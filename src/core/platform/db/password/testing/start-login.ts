import { createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";

export interface LocalLogin {
  port: number;
  /** What it takes from now on. */
  password: string;
  /** What was said to it so far. */
  heard: string[];
  stop(): void;
}

const SSL_REQUEST = 80_877_103;
const message = (type: string, body: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const ready = message("Z", Buffer.from("I"));
const done = Buffer.concat([message("C", Buffer.from("SELECT 0\0")), ready]);
const refusal = message("E", Buffer.from("SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0"));

/** PostgreSQL's way of letting in, and no more: TLS where there is a certificate, a password in clear text, empty answers. */
export async function startLogin(
  password: string,
  certificate?: { cert: string; key: string },
): Promise<LocalLogin> {
  const sockets = new Set<Socket>();
  const state: LocalLogin = { port: 0, password, heard: [], stop };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", (first) => {
      if (first.readInt32BE(4) !== SSL_REQUEST) return letIn(socket);
      socket.write(certificate === undefined ? "N" : "S");
      if (certificate === undefined) return void socket.once("data", () => letIn(socket));
      const secure = new TLSSocket(socket, {
        isServer: true,
        secureContext: createSecureContext(certificate),
      });
      secure.on("error", () => undefined);
      secure.once("data", () => letIn(secure));
    });
  });

  function letIn(socket: Socket): void {
    socket.write(message("R", int32(3)));
    socket.once("data", (data) => {
      const said = data.subarray(5, -1).toString();
      state.heard.push(said);
      if (said !== state.password) return void socket.end(refusal);
      socket.write(Buffer.concat([message("R", int32(0)), ready]));
      socket.on("data", (asked) => {
        if (asked.toString("latin1", 0, 1) === "Q") socket.write(done);
      });
    });
  }

  function stop(): void {
    for (const socket of sockets) socket.destroy();
    server.close();
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  state.port = typeof address === "object" && address !== null ? address.port : 0;
  return state;
}
