import { containsRange, parseIpRange } from "../../platform/network/ip-range";
import type { KeyRow } from "../views/to-key-view";

/** What bounds a key's use. Empty lists and null mean: no such bound. */
export type KeyLimits = Pick<
  KeyRow,
  "models" | "ipAllowlist" | "rpmLimit" | "monthlyCapMicros" | "expiresAt"
>;

/** Whether anything that `before` kept a key from is open to it `after`. */
export function widens(before: KeyLimits, after: KeyLimits): boolean {
  return (
    (before.models.length > 0 &&
      (after.models.length === 0 || after.models.some((model) => !before.models.includes(model)))) ||
    (before.ipAllowlist.length > 0 &&
      (after.ipAllowlist.length === 0 ||
        after.ipAllowlist.some((range) => !isWithin(range, before.ipAllowlist)))) ||
    isRaised(before.rpmLimit, after.rpmLimit) ||
    isRaised(before.monthlyCapMicros, after.monthlyCapMicros) ||
    isRaised(before.expiresAt, after.expiresAt)
  );
}

function isRaised<Bound extends number | bigint | Date>(before: Bound | null, after: Bound | null): boolean {
  return before !== null && (after === null || after > before);
}

/** What cannot be read lies in nothing. */
function isWithin(text: string, allowed: readonly string[]): boolean {
  const range = parseIpRange(text);
  return (
    range !== undefined &&
    allowed.some((other) => {
      const outer = parseIpRange(other);
      return outer !== undefined && containsRange(outer, range);
    })
  );
}
