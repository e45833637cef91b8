import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { systemPort } from "../../local/process/ports";
import { type Authority, makeAuthority } from "../certificates";
import { until } from "../until";

const SLOTS = 16_384;
/** After so long without a sign of a master its replica takes over. */
const NODE_TIMEOUT_MS = 1_500;

export interface RedisNode {
  id: string;
  port: number;
  busPort: number;
  /** Not through the cluster's client: what this node alone says and does. */
  direct: Redis;
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
}

export interface TestCluster {
  /** For `REDIS_URL`: the three masters. */
  url: string;
  /** PEM of who signed the nodes' certificates, where they have any. */
  authority?: string;
  masters: RedisNode[];
  /** The master that had the key's slot at first, and the slot. */
  homeOf(key: string): Promise<{ home: RedisNode; slot: number }>;
  /** Gives a master a copy that takes over when it dies. */
  addReplica(of: RedisNode): Promise<RedisNode>;
  stop(): Promise<void>;
}

/** Three real nodes in cluster mode, each with a third of the slots. With `secure`, behind TLS and a password. */
export async function startRedisCluster({ secure = false } = {}): Promise<TestCluster> {
  const directory = await mkdtemp(join(tmpdir(), "redis-cluster-"));
  const guard = secure ? await guardOf(directory) : undefined;
  const nodes: RedisNode[] = [];
  const add = async () => {
    const node = await launch(directory, guard);
    nodes.push(node);
    return node;
  };
  const masters = [await add(), await add(), await add()];
  const share = Math.ceil(SLOTS / masters.length);
  for (const [n, { direct }] of masters.entries()) {
    await direct.call("CLUSTER", "ADDSLOTSRANGE", n * share, Math.min(SLOTS, (n + 1) * share) - 1);
    await direct.call("CLUSTER", "SET-CONFIG-EPOCH", n + 1);
    await meet(masters[0], masters[n]);
  }
  await until(async () => (await Promise.all(masters.map(isWhole))).every(Boolean));
  const user = guard === undefined ? "" : `:${encodeURIComponent(guard.password)}@`;
  return {
    url: masters.map(({ port }) => `${secure ? "rediss" : "redis"}://${user}127.0.0.1:${port}`).join(","),
    ...(guard && { authority: guard.authority.certificate }),
    masters,
    async homeOf(key) {
      const slot = Number(await masters[0]?.direct.cluster("KEYSLOT", key));
      const home = masters[Math.floor(slot / share)];
      if (home === undefined) throw new Error(`slot ${slot} has no master`);
      return { home, slot };
    },
    async addReplica(of) {
      const replica = await add();
      await meet(of, replica);
      await until(() => listed(replica, of));
      await replica.direct.call("CLUSTER", "REPLICATE", of.id);
      await until(async () => (await replica.direct.info("replication")).includes("master_link_status:up"));
      // The other masters elect it, so they have to know it and whose copy it is.
      await until(async () =>
        (await Promise.all(masters.map((one) => copies(one, replica, of)))).every(Boolean),
      );
      return replica;
    },
    async stop() {
      for (const { direct } of nodes) direct.disconnect();
      await Promise.all(nodes.map(({ kill }) => kill()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Gives a slot with its keys to another master, as `redis-cli --cluster reshard` does it; `during` runs while both have a part of it. */
export async function moveSlot(
  { masters }: TestCluster,
  slot: number,
  { from, to, during }: { from: RedisNode; to: RedisNode; during?: () => Promise<unknown> },
): Promise<void> {
  await to.direct.call("CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
  await from.direct.call("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
  for (;;) {
    await during?.();
    const keys = await from.direct.call("CLUSTER", "GETKEYSINSLOT", slot, 1);
    if (!Array.isArray(keys) || keys.length === 0) break;
    await from.direct.call("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "KEYS", ...keys.map(String));
  }
  for (const { direct } of [to, from, ...masters])
    await direct.call("CLUSTER", "SETSLOT", slot, "NODE", to.id);
}

interface Guard {
  authority: Authority;
  password: string;
  options: string[];
}

async function guardOf(directory: string): Promise<Guard> {
  const authority = await makeAuthority();
  const { cert, key } = await authority.issue({ ip: "127.0.0.1" });
  const file = async (name: string, content: string) => {
    await writeFile(join(directory, name), content);
    return join(directory, name);
  };
  const password = "p@ss:word/1";
  const files = [
    "--tls-cert-file",
    await file("cert.pem", cert),
    "--tls-key-file",
    await file("key.pem", key),
  ];
  files.push("--tls-ca-cert-file", await file("ca.pem", authority.certificate));
  const secrets = ["--requirepass", password, "--masterauth", password];
  return {
    authority,
    password,
    options: [...files, "--tls-cluster", "yes", "--tls-auth-clients", "no", ...secrets],
  };
}

async function launch(directory: string, guard: Guard | undefined): Promise<RedisNode> {
  const [port, busPort] = [await systemPort(), await systemPort()];
  const home = join(directory, String(port));
  await mkdir(home);
  const ports = guard === undefined ? ["--port", `${port}`] : ["--port", "0", "--tls-port", `${port}`];
  const options = [...ports, "--bind", "127.0.0.1", "--dir", home, "--save", "", "--appendonly", "no"];
  options.push("--cluster-enabled", "yes", "--cluster-port", `${busPort}`);
  options.push("--cluster-node-timeout", `${NODE_TIMEOUT_MS}`, "--repl-diskless-sync-delay", "0");
  // On a busy machine an election may take longer than a replica trusts its copy by default.
  options.push("--cluster-replica-validity-factor", "0");
  const server = spawn("redis-server", [...options, ...(guard?.options ?? [])], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await ready(server);
  const direct = new Redis({
    host: "127.0.0.1",
    port,
    ...(guard && { password: guard.password, tls: { ca: guard.authority.certificate } }),
    // A node that was killed stays away.
    retryStrategy: null,
  });
  direct.on("error", () => undefined);
  return {
    id: String(await direct.cluster("MYID")),
    port,
    busPort,
    direct,
    freeze: () => void server.kill("SIGSTOP"),
    thaw: () => void server.kill("SIGCONT"),
    async kill() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
    },
  };
}

async function ready(server: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let output = "";
    server.stdout?.on("data", (chunk) => {
      output += chunk;
      if (output.includes("Ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(`redis-server ended:\n${output}`)));
    server.once("error", reject);
  });
}

async function meet(one: RedisNode | undefined, other: RedisNode | undefined): Promise<void> {
  if (one === undefined || other === undefined || one === other) return;
  await one.direct.call("CLUSTER", "MEET", "127.0.0.1", other.port, other.busPort);
}

const nodesOf = async ({ direct }: RedisNode) => String(await direct.call("CLUSTER", "NODES")).split("\n");
const listed = async (at: RedisNode, node: RedisNode) =>
  (await nodesOf(at)).some((line) => line.startsWith(node.id) && !line.includes("handshake"));
const copies = async (at: RedisNode, copy: RedisNode, of: RedisNode) =>
  (await nodesOf(at)).some((line) => line.startsWith(copy.id) && line.includes(`slave ${of.id}`));
const isWhole = async ({ direct }: RedisNode) => {
  const lines = String(await direct.cluster("INFO")).split("\r\n");
  return ["cluster_state:ok", "cluster_slots_ok:16384", "cluster_known_nodes:3"].every((line) =>
    lines.includes(line),
  );
};
