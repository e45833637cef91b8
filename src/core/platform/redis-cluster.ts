import { Cluster, type ClusterOptions, type Command, type Redis } from "ioredis";
import { log } from "./observability/log";

/** Beyond the two of a slot that moves, a command wanders through a cluster that is not at one with itself. */
const MAX_REDIRECTIONS = 5;
const TRY_AGAIN_MS = 20;
/** A node that hangs keeps its connections: only the cluster's own list tells that another one serves its slots. */
const SLOTS_EVERY_MS = 5_000;
const SLOTS_MS = 2_000;

export interface ClusterBounds {
  connectMs: number;
  /** For a command with all its redirections; reading the list of slots has more. */
  commandMs: number;
  reconnectMaxMs: number;
}

/** Certificates name hosts, so names are given to the connection as they are, and not resolved before. */
const asNamed: ClusterOptions["dnsLookup"] = (host, callback) => callback(null, host);

/**
 * A client of Redis in cluster mode with the promises of a single one: a command is answered in time or rejects, and none is sent
 * again whose answer was lost, because it may have counted. Redirections (MOVED, ASK) are followed: those were not executed.
 */
export function createCluster(
  nodes: readonly URL[],
  bounds: ClusterBounds,
  authority?: string,
): BoundedCluster {
  const [first] = nodes;
  const client = new BoundedCluster(
    nodes.map((url) => ({ host: url.hostname, port: Number(url.port || 6379) })),
    {
      dnsLookup: asNamed,
      enableOfflineQueue: false,
      maxRedirections: MAX_REDIRECTIONS,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      retryDelayOnTryAgain: TRY_AGAIN_MS,
      slotsRefreshInterval: SLOTS_EVERY_MS,
      slotsRefreshTimeout: SLOTS_MS,
      clusterRetryStrategy: (attempt) => Math.min(attempt * 100, bounds.reconnectMaxMs),
      redisOptions: {
        connectTimeout: bounds.connectMs,
        maxRetriesPerRequest: 0,
        ...(first?.username && { username: decodeURIComponent(first.username) }),
        ...(first?.password && { password: decodeURIComponent(first.password) }),
        ...(first?.protocol === "rediss:" && { tls: authority === undefined ? {} : { ca: authority } }),
      },
    },
  );
  client.commandMs = bounds.commandMs;
  client.on("+node", asksInVain);
  sayOnce(client);
  return client;
}

export class BoundedCluster extends Cluster {
  commandMs = 0;

  override sendCommand(...[command, ...rest]: Parameters<Cluster["sendCommand"]>): unknown {
    if (command.name !== "cluster") command.setTimeout(this.commandMs);
    return super.sendCommand(command as Command, ...rest);
  }
}

/**
 * Before a command that follows an ASK, the library sends ASKING and looks away: where that node is gone, the rejection that nobody
 * hears would end the process. The command itself is rejected as well.
 */
function asksInVain(node: Redis): void {
  const asking = node.asking.bind(node);
  node.asking = () => {
    const asked = asking();
    asked.catch(() => undefined);
    return asked;
  };
}

/** A node that is away is tried again and again; the log says once that it went, and once that it came back. */
function sayOnce(client: Cluster): void {
  const away = new Set<string>();
  client.on("node error", (error: Error, node: string) => {
    if (!away.has(node))
      log().warn({ reason: error.message, node }, "a Redis node is unavailable; PostgreSQL takes over");
    away.add(node);
  });
  client.on("+node", (node: Redis) => {
    const name = `${node.options.host}:${node.options.port}`;
    node.on("ready", () => {
      if (away.delete(name)) log().info({ node: name }, "a Redis node is back");
    });
  });
}

/** Whether all slots are served. */
export async function allSlotsServed(client: Cluster): Promise<boolean> {
  const info = String(await client.cluster("INFO"));
  return /^cluster_state:ok\r?$/m.test(info) && /^cluster_slots_ok:16384\r?$/m.test(info);
}
