import { Redis } from "ioredis";
import { singleton } from "./concurrency/singleton";
import { env } from "./env";
import { log } from "./observability/log";

const CONNECT_MS = 1_000;
const COMMAND_MS = 80;
const RECONNECT_MAX_MS = 2_000;

/**
 * A client for decisions that cannot wait: a command is answered within 80 ms or rejects, and while disconnected it
 * rejects at once instead of queueing. It reconnects by itself.
 */
export function createRedis(url: string): Redis {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, RECONNECT_MAX_MS),
  });
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

/** One connection per process. */
const connection = singleton("Redis", createRedis);

/** The process's Redis; undefined where none is configured, because Redis is optional. */
export function redis(): Redis | undefined {
  const url = env().REDIS_URL;
  return url === undefined ? undefined : connection(url);
}

export function closeRedis(): void {
  connection.clear()?.disconnect();
}
