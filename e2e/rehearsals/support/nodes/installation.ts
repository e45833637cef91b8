import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { asRuntimeRole } from "../../../../infra/local/postgres/runtime-role";
import { systemPort } from "../../../../infra/local/process/ports";
import { type NameServer, startNameServer } from "../../../../infra/stand-ins/dns/name-server";
import { closeServer, listenOnLoopback } from "../../../../infra/stand-ins/loopback-server";
import { providerStandIns, standInEnv } from "../../../../infra/stand-ins/providers/stand-ins";
import { type Credentials, makeAuthority } from "../../../../infra/testing/certificates";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../../infra/testing/processes/start-test-processes";
import { startRedis, type TestRedis } from "../../../../infra/testing/redis/start-redis";
import { type TestStack, useTestStack } from "../../../../infra/testing/use-test-stack";
import { type SmallDatabase, startSmallDatabase } from "./database";
import { startTlsWire, type TlsWire } from "./tls-wire";

/** What a process reaches by a name and by TLS. */
const NODES = ["database", "redis", "provider", "receiver"] as const;
export type Node = (typeof NODES)[number];

export interface Installation {
  stack: TestStack;
  processes: TestProcesses;
  database: SmallDatabase;
  redis: TestRedis;
  dns: NameServer;
  nodes: Record<Node, { wire: TlsWire; good: Credentials; expired: Credentials }>;
  /** A customer's own, for webhooks. */
  receiverUrl: string;
  /** Variables of a process that is started with another clock. */
  shiftedBy(ms: number): Record<string, string>;
  /** What each worker is started with, so that it is scraped at the same place when it is started again. */
  workers: Record<string, string>[];
  stop(): Promise<void>;
}

export const TOKEN = "metrics-of-a-rehearsal";
const nameOf = (node: Node) => `${node}.rehearsal.test`;
const preload = (file: string) => `--import ${new URL(`../preloads/${file}`, import.meta.url).href}`;

/**
 * Server and two workers that reach PostgreSQL, Redis and OpenAI as in production: by names that a name server knows, and by TLS
 * with certificates that are checked.
 */
export async function startNodes(): Promise<Installation> {
  const { secrets } = inject("sharedServices");
  const home = mkdtempSync(join(tmpdir(), "agathaai-nodes-"));
  const authority = await makeAuthority();
  writeFileSync(join(home, "authority.pem"), authority.certificate);
  const [database, redis, openai, dns] = await Promise.all([
    startSmallDatabase(secrets.databaseAppPassword),
    startRedis(),
    providerStandIns.openai.start({ port: 0, latency: { baseMs: 20 } }),
    startNameServer(),
  ]);
  const receiver = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(204).end());
  });
  const ports: Record<Node, number> = {
    database: database.port,
    redis: Number(new URL(redis.url).port),
    provider: openai.port,
    receiver: await listenOnLoopback(receiver),
  };
  const made = await Promise.all(
    NODES.map(async (node) => {
      const names = { dns: nameOf(node) };
      const good = await authority.issue(names);
      const expired = await authority.issue(names, { expired: true });
      const wire = await startTlsWire(ports[node], good, { postgres: node === "database" });
      dns.publishAddress(nameOf(node), "127.0.0.1");
      return [node, { wire, good, expired }] as const;
    }),
  );
  const nodes = Object.fromEntries(made) as Record<Node, (typeof made)[number][1]>;
  const at = (node: Node) => `${nameOf(node)}:${nodes[node].wire.port}`;
  const databaseUrl = new URL(asRuntimeRole(database.url(), secrets.databaseAppPassword));
  databaseUrl.host = at("database");
  databaseUrl.searchParams.set("sslmode", "verify-full");
  const byName = preload(`resolve-by.mjs?server=${dns.address}`);

  const stack = await useTestStack({
    DATABASE_URL: databaseUrl.href,
    REDIS_URL: `rediss://${at("redis")}`,
    ...standInEnv("openai", `https://${at("provider")}`),
    NODE_EXTRA_CA_CERTS: join(home, "authority.pem"),
    METRICS_TOKEN: TOKEN,
    DATABASE_QUERY_TIMEOUT_MS: "2000",
    PROVIDER_TIMEOUT_MS: "5000",
    WORKER_LEASE_MS: "5000",
    WORKER_RECOVER_INTERVAL_MS: "500",
    WEBHOOK_PRIVATE_TARGETS: "true",
  });
  const processes = await startTestProcesses({ server: true, env: { NODE_OPTIONS: byName } });
  const workers = [await systemPort(), await systemPort()].map((port) => ({
    WORKER_METRICS_PORT: String(port),
  }));
  for (const env of workers) await processes.addWorker(env);

  return {
    stack,
    processes,
    database,
    redis,
    dns,
    nodes,
    receiverUrl: `https://${at("receiver")}/events`,
    shiftedBy: (ms) => ({ NODE_OPTIONS: `${byName} ${preload(`shift-clock.mjs?ms=${ms}`)}` }),
    workers,
    stop: async () => {
      await processes.kill();
      for (const { wire } of Object.values(nodes)) await wire.stop();
      await Promise.all([database.remove(), redis.stop(), openai.stop(), dns.stop(), closeServer(receiver)]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
