import { randomBytes } from "node:crypto";
import { type IndexKeys, indexKeyOf, indexKeys } from "@agathaai/core/platform/crypto/blind-index/index-keys";

export type RotationPhase = "before" | "prepared" | "during" | "after";

/** A rotation of the blind-index key, and this process as one in each phase of it. */
export function rotateIndexKeys() {
  const first = indexKeys().current;
  const next = indexKeyOf(randomBytes(32));
  const phases: Record<RotationPhase, IndexKeys> = {
    before: { current: first, earlier: [] },
    prepared: { current: first, earlier: [next] },
    during: { current: next, earlier: [first] },
    after: { current: next, earlier: [] },
  };
  return (phase: RotationPhase): void => {
    indexKeys.clear();
    indexKeys(phases[phase]);
  };
}
