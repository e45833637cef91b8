import { parseIpRange } from "@agathaai/core/platform/network/ip-range";
import * as z from "zod/mini";
import { KEY_CAP_MICROS, REQUESTS_PER_MINUTE } from "@/shared/bounds";
import { readCount } from "@/shared/typed/count";
import { readLastDay } from "@/shared/typed/day";
import { readDollars, typeDollars } from "@/shared/typed/dollars";
import { problemsCheck, textSchema } from "../../../_client/form-schemas";
import type { Key } from "./key";
import { type KeyScope, readOnlyScopes } from "./scope-choices";

export const lifetimes = [
  { value: "never", label: "Never" },
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In 1 year" },
  { value: "date", label: "On a date…" },
] as const;

/** `keep`: leaves the key's current expiry. */
export type Lifetime = (typeof lifetimes)[number]["value"] | "keep";

/** `standard`: the server's default scopes, for a program that calls models. */
export type KeyAccess = "standard" | "read" | "restricted";

/** The form's state; text, as the controls hold it. */
export interface KeyDraft {
  name: string;
  environment: "live" | "test";
  access: KeyAccess;
  scopes: KeyScope[];
  lifetime: Lifetime;
  /** With the lifetime `date`: the last day in the browser's time zone, "2027-01-31". */
  lastDay: string;
  models: string[];
  rpmLimit: string;
  cap: string;
  ipAllowlist: string;
  /** Seconds; empty turns the key's default for the response cache off. */
  cacheSeconds: string;
}

export const emptyKeyDraft: KeyDraft = {
  name: "",
  environment: "test",
  access: "standard",
  scopes: ["inference:read", "inference:write", "models:read"],
  lifetime: "never",
  lastDay: "",
  models: [],
  rpmLimit: "",
  cap: "",
  ipAllowlist: "",
  cacheSeconds: "",
};

/** The form filled in from an existing key. */
export function draftOfKey(key: Key): KeyDraft {
  return {
    ...emptyKeyDraft,
    name: key.name,
    environment: key.environment,
    lifetime: key.expires_at === null ? "never" : "keep",
    models: key.models,
    rpmLimit: key.rpm_limit === null ? "" : String(key.rpm_limit),
    cap: key.monthly_cap_micros === null ? "" : typeDollars(key.monthly_cap_micros),
    ipAllowlist: key.ip_allowlist.map((range) => range.replace(/\/(?:32|128)$/, "")).join("\n"),
    cacheSeconds: key.cache_ttl_seconds === null ? "" : String(key.cache_ttl_seconds),
  };
}

export function scopesOfDraft({ access, scopes }: KeyDraft): KeyScope[] | undefined {
  if (access === "standard") return undefined;
  return access === "read" ? readOnlyScopes : scopes;
}

/** IP addresses with their line numbers; a line may hold several, separated by commas or spaces. */
export function addressesIn(text: string): { line: number; address: string }[] {
  return text.split("\n").flatMap((content, at) =>
    content
      .split(/[\s,]+/)
      .filter((address) => address !== "")
      .map((address) => ({ line: at + 1, address })),
  );
}

/** The form's names of the fields that the API calls otherwise. */
export const keyApiNames = {
  monthly_cap_micros: "cap",
  rpm_limit: "rpmLimit",
  expires_at: "lastDay",
  ip_allowlist: "ipAllowlist",
  cache_ttl_seconds: "cacheSeconds",
} as const;

/**
 * All errors of the form at once; the server would refuse the same. An unchanged limit (`before`) is not sent and not
 * checked: a cap set through the API may have more digits than the form accepts.
 */
export function keyDraftSchema(now: () => Date, before?: KeyDraft) {
  return fields.check(problemsCheck((draft) => findProblems(draft, now(), before)));
}

const fields = z.object({
  name: textSchema("Enter a name."),
  environment: z.enum(["live", "test"]),
  access: z.custom<KeyAccess>(),
  scopes: z.custom<KeyScope[]>(),
  lifetime: z.custom<Lifetime>(),
  lastDay: z.string(),
  models: z.array(z.string()),
  rpmLimit: z.string(),
  cap: z.string(),
  ipAllowlist: z.string(),
  cacheSeconds: z.string(),
}) satisfies z.ZodMiniType<KeyDraft>;

function findProblems(
  draft: KeyDraft,
  now: Date,
  before?: KeyDraft,
): Partial<Record<keyof KeyDraft, string>> {
  const unreadable = (field: "cap" | "rpmLimit", read: () => { problem?: string | undefined }) =>
    draft[field].trim() === "" || draft[field] === before?.[field] ? undefined : read().problem;
  const cap = unreadable("cap", () => readDollars(draft.cap, KEY_CAP_MICROS));
  const rpmLimit = unreadable("rpmLimit", () => readCount(draft.rpmLimit, REQUESTS_PER_MINUTE));
  const lastDay = draft.lifetime === "date" ? readLastDay(draft.lastDay, "local", now).problem : undefined;
  const badLines = addressesIn(draft.ipAllowlist)
    .filter(({ address }) => parseIpRange(address) === undefined)
    .map(({ line, address }) => `Line ${line}: ${address} isn’t an IP address or CIDR range.`);
  return {
    ...(scopesOfDraft(draft)?.length === 0 && { scopes: "Choose at least one permission." }),
    ...(lastDay !== undefined && { lastDay }),
    ...(rpmLimit !== undefined && { rpmLimit }),
    ...(cap !== undefined && { cap }),
    ...(badLines.length > 0 && { ipAllowlist: badLines.join("\n") }),
  };
}
