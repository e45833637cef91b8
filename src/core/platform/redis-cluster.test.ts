import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import { until } from "../../../infra/testing/until";
import { createRedis, type RedisClient } from "./redis";

vi.mock("./observability/log", () => ({ log: () => ({ warn: () => undefined, info: () => undefined }) }));

const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
/** Two nodes; the first serves all slots but one, and answers each `GET` as it is told. */
async function startNode(onGet: (socket: Socket, node: string) => void) {
  const sockets = new Set<Socket>();
  let asked = 0;
  const ports: number[] = [];
  const served = (from: number, to: number, port = 0) =>
    `*3\r\n:${from}\r\n:${to}\r\n*2\r\n${bulk("127.0.0.1")}:${port}\r\n`;
  const answers: Record<string, (socket: Socket) => void> = {
    hello: (socket) => void socket.write(`%1\r\n${bulk("server")}${bulk("redis")}`),
    slots: (socket) =>
      void socket.write(`*2\r\n${served(0, 16_382, ports[0])}${served(16_383, 16_383, ports[1])}`),
    info: (socket) => void socket.write(bulk("cluster_state:ok\r\ncluster_slots_ok:16384")),
    get: (socket) => {
      asked++;
      onGet(socket, `127.0.0.1:${ports[0]}`);
    },
  };
  const listen = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      const commands = String(data).split(/(?=^\*\d+\r\n)/m);
      for (const command of commands) {
        const words = command.toLowerCase().split("\r\n");
        const name = [words[4], words[2]].find((word) => word !== undefined && word in answers);
        if (name === undefined) socket.write("-ERR unknown command\r\n");
        else answers[name]?.(socket);
      }
    });
  };
  const servers = [createServer(listen), createServer(listen)];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    ports.push(typeof address === "object" && address !== null ? address.port : 0);
  }
  return {
    url: `redis://127.0.0.1:${ports[0]}`,
    asked: () => asked,
    stop() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
    },
  };
}

let node: Awaited<ReturnType<typeof startNode>>;
let client: RedisClient;

async function connectedTo(...[onGet]: Parameters<typeof startNode>): Promise<void> {
  node = await startNode(onGet);
  client = createRedis(node.url, { cluster: true });
  await until(() => client.status === "ready");
}

afterEach(() => {
  client.disconnect();
  node.stop();
});

it("a command whose answer was lost is not sent again: it may have counted", async () => {
  await connectedTo((socket) => socket.destroy());
  await expect(client.get("key")).rejects.toThrow();
  // Longer than the library waits before it would send it again.
  await sleep(400);
  expect(node.asked()).toBe(1);
});

it("a command that no node answers, or each sends on to another, ends within its time", async () => {
  await connectedTo(() => undefined);
  await expect(client.get("key")).rejects.toThrow("timed out");
  node.stop();
  client.disconnect();
  await connectedTo((socket, self) => void socket.write(`-MOVED 0 ${self}\r\n`));
  await expect(client.get("key")).rejects.toThrow(/redirections|timed out|closed/);
});

it("a slot that moves to a node that is not there refuses the command, and the process goes on", async () => {
  await connectedTo((socket) => void socket.write("-ASK 0 127.0.0.1:1\r\n"));
  await expect(client.get("key")).rejects.toThrow();
  await sleep(50);
  expect(client.status).toBe("ready");
});
