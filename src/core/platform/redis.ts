import { Cluster, Redis } from "ioredis";
import { singleton } from "./concurrency/singleton";
import { env } from "./env";
import { log } from "./observability/log";
import { allSlotsServed, createCluster } from "./redis-cluster";

/** One server, or a cluster of them. Every command with several keys names keys of one hash tag. */
export type RedisClient = Redis | Cluster;

const CONNECT_MS = 1_000;
const COMMAND_MS = 80;
const RECONNECT_MAX_MS = 2_000;

export interface RedisOptions {
  /** Whether a cluster is behind a single address. */
  cluster?: boolean;
  /** PEM of who signed the servers' certificates; the system's authorities by default. */
  authority?: string;
}

/**
 * A client for decisions that cannot wait: a command is answered within 80 ms or rejects, and while disconnected it
 * rejects at once instead of queueing. It reconnects by itself. `url` is one address, or several of one cluster, separated
 * by commas.
 */
export function createRedis(url: string, { cluster = false, authority }: RedisOptions = {}): RedisClient {
  const nodes = url.split(",").map((node) => new URL(node));
  const bounds = { connectMs: CONNECT_MS, commandMs: COMMAND_MS, reconnectMaxMs: RECONNECT_MAX_MS };
  const client = cluster || nodes.length > 1 ? createCluster(nodes, bounds, authority) : createSingle(url);
  // Reconnecting may fail many times; the log says once that Redis went away and once that it came back.
  let down = false;
  client.on("error", (error) => {
    if (!down) log().warn({ reason: error.message }, "Redis is unavailable; PostgreSQL takes over");
    down = true;
  });
  client.on("ready", () => {
    if (down) log().info("Redis is back");
    down = false;
  });
  return client;
}

function createSingle(url: string): Redis {
  return new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, RECONNECT_MAX_MS),
  });
}

/** One client per process. */
const connection = singleton("Redis", createRedis);

/** The process's Redis; undefined where none is configured, because Redis is optional. */
export function redis(): RedisClient | undefined {
  const { REDIS_URL: url, REDIS_CLUSTER: cluster } = env();
  return url === undefined ? undefined : connection(url, { cluster });
}

/** Rejects unless Redis answers, all of it. */
export async function pingRedis(client: RedisClient): Promise<void> {
  if (!(client instanceof Cluster)) await client.ping();
  else if (!(await allSlotsServed(client))) throw new Error("some slots of Redis are not served");
}

export function closeRedis(): void {
  connection.clear()?.disconnect();
}
