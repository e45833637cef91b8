import { Redis } from "ioredis";
import type { RedisClient } from "../../../src/core/platform/redis";
import { BoundedCluster } from "../../../src/core/platform/redis-cluster";

const PATIENT_MS = 60_000;

/**
 * The product waits for Redis for a moment and goes on without it. On a busy machine that moment is short: a test of what is done
 * in Redis waits for its answers, to the end of the block.
 */
export function patientRedis(client: RedisClient | undefined): Disposable {
  if (client instanceof BoundedCluster) {
    const { commandMs } = client;
    client.commandMs = PATIENT_MS;
    return { [Symbol.dispose]: () => void Object.assign(client, { commandMs }) };
  }
  if (!(client instanceof Redis)) return { [Symbol.dispose]: () => undefined };
  const { options } = client;
  const { commandTimeout } = options;
  options.commandTimeout = PATIENT_MS;
  return { [Symbol.dispose]: () => void Object.assign(options, { commandTimeout }) };
}
