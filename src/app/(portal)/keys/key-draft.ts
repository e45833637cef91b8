import type { Scope } from "@agathaai/core/platform/principal";
import type { Inputs } from "../../client/trpc";

export const lifetimes = [
  { value: "", label: "Never" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
] as const;

/** What the form holds; all text, as the controls do. */
export interface KeyDraft {
  name: string;
  environment: "live" | "test";
  lifetimeDays: string;
  models: string[];
  rpmLimit: string;
  ipAllowlist: string;
  /** null: everything that the maker's role allows. */
  scopes: Scope[] | null;
}

export const emptyKeyDraft: KeyDraft = {
  name: "",
  environment: "test",
  lifetimeDays: "",
  models: [],
  rpmLimit: "",
  ipAllowlist: "",
  scopes: null,
};

const DAY_MS = 86_400_000;

/** The draft as the server takes it; what is left empty is left out. */
export function toCreateKeyInput(draft: KeyDraft, now: Date): Inputs["keys"]["create"] {
  const addresses = draft.ipAllowlist.split(/[\s,]+/).filter((address) => address !== "");
  const days = Number(draft.lifetimeDays);
  return {
    name: draft.name.trim(),
    environment: draft.environment,
    ...(draft.scopes === null ? {} : { scopes: draft.scopes }),
    ...(days > 0 ? { expires_at: new Date(now.getTime() + days * DAY_MS).toISOString() } : {}),
    ...(draft.models.length > 0 ? { models: draft.models } : {}),
    ...(draft.rpmLimit === "" ? {} : { rpm_limit: Number(draft.rpmLimit) }),
    ...(addresses.length > 0 ? { ip_allowlist: addresses } : {}),
  };
}
