import { randomFillSync } from "node:crypto";

const POOL_BYTES = 4_096;
/** No `Buffer`, whose `fill` and `subarray` take most of the time of an id. */
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/**
 * Random bytes of the same source as `randomBytes`, taken from it in blocks: one question to the kernel costs more than
 * everything else an id needs. Bytes are given once, and not kept.
 */
export function fillRandom<Target extends Uint8Array>(target: Target): Target {
  const { byteLength } = target;
  if (byteLength > POOL_BYTES / 4) return randomFillSync(target);
  if (used + byteLength > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  for (let index = 0; index < byteLength; index++) {
    target[index] = pool[used] ?? 0;
    pool[used++] = 0;
  }
  return target;
}
