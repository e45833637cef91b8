import { KEY_CAP_MICROS, REQUESTS_PER_MINUTE } from "@/shared/bounds";
import { DAY } from "@/shared/time";
import { readCount } from "@/shared/typed/count";
import { endOfLocalDay } from "@/shared/typed/day";
import { readDollars } from "@/shared/typed/dollars";
import type { Inputs } from "../../../_client/trpc";
import type { Key } from "./key";
import { addressesIn, draftOfKey, type KeyDraft, scopesOfDraft } from "./key-draft";

export type CreateKeyInput = Inputs["keys"]["create"];
export type UpdateKeyInput = Inputs["keys"]["update"];

/** The draft as API input. Empty fields are omitted, so that the server's defaults apply. */
export function toCreateKeyInput(
  draft: KeyDraft,
  now: Date,
  /** Whether the reader sees everyone's requests. A key that only reads is made for that: it has none of its own. */
  { seesAll = false }: { seesAll?: boolean | undefined } = {},
): CreateKeyInput {
  const chosen = scopesOfDraft(draft);
  const scopes =
    chosen !== undefined && draft.access === "read" && seesAll
      ? [...chosen, "requests:read_all" as const]
      : chosen;
  const end = endOf(draft, now);
  const cap = capOf(draft);
  const rpm = rpmOf(draft);
  const addresses = addressList(draft);
  return {
    name: draft.name.trim(),
    environment: draft.environment,
    ...(scopes === undefined ? {} : { scopes }),
    ...(end ? { expires_at: end } : {}),
    ...(draft.models.length > 0 ? { models: draft.models } : {}),
    ...(rpm === undefined ? {} : { rpm_limit: rpm }),
    ...(cap === undefined ? {} : { monthly_cap_micros: cap }),
    ...(addresses.length > 0 ? { ip_allowlist: addresses } : {}),
    ...(draft.cacheSeconds === "" ? {} : { cache_ttl_seconds: Number(draft.cacheSeconds) }),
  };
}

/** Only the changed fields, so that a concurrent change of the others is not undone. */
export function toUpdateKeyInput(draft: KeyDraft, key: Key, now: Date): UpdateKeyInput {
  const before = draftOfKey(key);
  const changed = (field: keyof KeyDraft) => String(draft[field]) !== String(before[field]);
  const end = endOf(draft, now);
  return {
    id: key.id,
    ...(changed("name") && { name: draft.name.trim() }),
    ...(changed("models") && { models: draft.models }),
    ...(changed("rpmLimit") && { rpm_limit: rpmOf(draft) ?? null }),
    ...(changed("cap") && { monthly_cap_micros: capOf(draft) ?? null }),
    ...(changed("ipAllowlist") && { ip_allowlist: addressList(draft) }),
    ...(changed("cacheSeconds") && {
      cache_ttl_seconds: draft.cacheSeconds === "" ? null : Number(draft.cacheSeconds),
    }),
    ...(changed("lifetime") && end !== undefined && { expires_at: end }),
  };
}

/** Undefined keeps the current expiry. */
function endOf({ lifetime, lastDay }: KeyDraft, now: Date): string | null | undefined {
  if (lifetime === "keep") return undefined;
  if (lifetime === "never") return null;
  if (lifetime !== "date") return new Date(now.getTime() + Number(lifetime) * DAY).toISOString();
  // Through the end of that day in the browser's time zone.
  return endOfLocalDay(lastDay).toISOString();
}

/** Undefined if empty. Invalid input was refused before: see `findKeyDraftErrors`. */
function capOf({ cap }: KeyDraft): number | undefined {
  return readDollars(cap, KEY_CAP_MICROS).value;
}

function rpmOf({ rpmLimit }: KeyDraft): number | undefined {
  return readCount(rpmLimit, REQUESTS_PER_MINUTE).value;
}

function addressList({ ipAllowlist }: KeyDraft): string[] {
  return addressesIn(ipAllowlist).map(({ address }) => address);
}
