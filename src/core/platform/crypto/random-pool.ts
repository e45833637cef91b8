import { randomFillSync } from "node:crypto";

const POOL_BYTES = 4_096;
const pool = Buffer.allocUnsafeSlow(POOL_BYTES);
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
  target.set(pool.subarray(used, used + byteLength));
  pool.fill(0, used, used + byteLength);
  used += byteLength;
  return target;
}
