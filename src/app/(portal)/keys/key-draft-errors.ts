import { parseIpRange } from "@agathaai/core/platform/ip-range";
import { isDate } from "@/components/format/date";
import { parseDollars } from "@/components/format/dollars";
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

/** What the server would refuse as well, said beside each field and all at once. */
export function findKeyDraftErrors(draft: KeyDraft, now: Date): KeyDraftErrors {
  const cap = parseDollars(draft.cap);
  const rpm = Number(draft.rpmLimit);
  return {
    ...(draft.name.trim() === "" && { name: "Write a name." }),
    ...(scopesOfDraft(draft)?.length === 0 && { scopes: "Allow at least one thing." }),
    ...(draft.lifetime === "date" &&
      !isAhead(draft.lastDay, now) && { lastDay: "Choose a day from today on." }),
    ...(draft.rpmLimit !== "" &&
      !(Number.isInteger(rpm) && rpm >= 1 && rpm <= 1_000_000) && {
        rpmLimit: "Write a whole number, from 1 to 1,000,000.",
      }),
    ...(draft.cap.trim() !== "" &&
      (cap === undefined || cap < 10_000) && { cap: "Write an amount in dollars, at least 0.01." }),
    ipAllowlist: addressesIn(draft.ipAllowlist)
      .filter(({ address }) => parseIpRange(address) === undefined)
      .map(({ line, address }) => `Line ${line}: ${address} is no IP address or CIDR range.`),
  };
}

export function hasErrors({ ipAllowlist, ...fields }: KeyDraftErrors): boolean {
  return ipAllowlist.length > 0 || Object.keys(fields).length > 0;
}

function isAhead(day: string, now: Date): boolean {
  if (!isDate(day)) return false;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + 1) > now;
}
