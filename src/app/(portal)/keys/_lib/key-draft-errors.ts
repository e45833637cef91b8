import { parseIpRange } from "@agathaai/core/platform/network/ip-range";
import { KEY_CAP_MICROS, REQUESTS_PER_MINUTE } from "@/shared/bounds";
import { readCount } from "@/shared/count";
import { readDollars } from "@/shared/money";
import { readLastDay } from "@/shared/time";
import { addressesIn, type KeyDraft, scopesOfDraft } from "./key-draft";

export interface KeyDraftErrors {
  name?: string;
  scopes?: string;
  lastDay?: string;
  rpmLimit?: string;
  cap?: string;
  /** One a wrong line. */
  ipAllowlist: string[];
}

/**
 * What the server would refuse as well, said beside each field and all at once. A limit that stands as it was (`before`)
 * is not sent and cannot be wrong: a cap set through the API may be finer than what is typed here.
 */
export function findKeyDraftErrors(draft: KeyDraft, now: Date, before?: KeyDraft): KeyDraftErrors {
  const unreadable = (field: "cap" | "rpmLimit", read: () => { problem?: string | undefined }) =>
    draft[field].trim() === "" || draft[field] === before?.[field] ? undefined : read().problem;
  const cap = unreadable("cap", () => readDollars(draft.cap, KEY_CAP_MICROS));
  const rpmLimit = unreadable("rpmLimit", () => readCount(draft.rpmLimit, REQUESTS_PER_MINUTE));
  const lastDay = draft.lifetime === "date" ? readLastDay(draft.lastDay, "local", now).problem : undefined;
  return {
    ...(draft.name.trim() === "" && { name: "Enter a name." }),
    ...(scopesOfDraft(draft)?.length === 0 && { scopes: "Choose at least one permission." }),
    ...(lastDay !== undefined && { lastDay }),
    ...(rpmLimit !== undefined && { rpmLimit }),
    ...(cap !== undefined && { cap }),
    ipAllowlist: addressesIn(draft.ipAllowlist)
      .filter(({ address }) => parseIpRange(address) === undefined)
      .map(({ line, address }) => `Line ${line}: ${address} isn't an IP address or CIDR range.`),
  };
}

export function hasErrors({ ipAllowlist, ...fields }: KeyDraftErrors): boolean {
  return ipAllowlist.length > 0 || Object.keys(fields).length > 0;
}
